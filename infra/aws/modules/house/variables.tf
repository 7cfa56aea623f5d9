variable "environment" {
  description = "The environment's name; every name begins with fourpass- and it."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]{1,10}$", var.environment))
    error_message = "Two to eleven small letters and digits: names of load balancers end at 32."
  }
}

variable "tier" {
  description = "How many users there are: solo, 1k, 10k or 100k. It sets every size."
  type        = string

  validation {
    condition     = contains(["solo", "1k", "10k", "100k"], var.tier)
    error_message = "One of solo, 1k, 10k, 100k."
  }
}

variable "public_url" {
  description = "Where the outside reaches us; webhook URLs begin with it."
  type        = string

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+$", var.public_url))
    error_message = "https:// and a host, without a path."
  }
}

variable "certificate_arn" {
  description = "The certificate of that host, in ACM."
  type        = string
}

variable "images" {
  description = "The images of edge and worker, by digest or immutable tag."
  type = object({
    edge   = string
    worker = string
  })

  validation {
    condition     = alltrue([for image in values(var.images) : !endswith(image, ":latest") && can(regex("[:@]", image))])
    error_message = "An image is named by digest or by a tag that stays what it is."
  }
}

variable "package" {
  description = "The zip of the functions, as `make package` builds it."
  type        = string
}

variable "cidr" {
  description = "The addresses of the VPC."
  type        = string
  default     = "10.20.0.0/16"
}

variable "egress_allocation_ids" {
  description = "Elastic IPs that brokers know already, one a gateway. None: new ones."
  type        = list(string)
  default     = []
}

variable "alarm_emails" {
  description = "Who is told of alarms."
  type        = list(string)
  default     = []
}

variable "mail" {
  description = "The sender of mail, and the ARN of the secret that holds FOURPASS_SMTP_URL. Null: mail goes nowhere."
  type = object({
    sender     = string
    secret_arn = string
  })
  default = null
}

variable "key_versions" {
  description = "How many versions of the key of broker credentials there are. Only ever raise it."
  type        = number
  default     = 1
}

variable "password_version" {
  description = "Raise it, apply and migrate: every login of the record gets a new password."
  type        = number
  default     = 1
}

variable "rotation_principal_arn" {
  description = "Who may re-wrap credentials while a key is rotated. Null at all other times."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether what holds data outlives a destroy. False only where everything comes and goes."
  type        = bool
  default     = true
}

variable "aws_endpoint_url" {
  description = "What plays AWS instead of AWS, for what runs inside; null for AWS itself."
  type        = string
  default     = null
}
