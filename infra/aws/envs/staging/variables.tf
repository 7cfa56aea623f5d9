variable "region" {
  description = "Where everything is."
  type        = string
}

variable "tier" {
  description = "How many users there are: solo, 1k, 10k or 100k. It sets every size."
  type        = string
}

variable "public_url" {
  description = "Where the outside reaches us; webhook URLs begin with it."
  type        = string
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
}

variable "package" {
  description = "The zip of the functions, as `make package` builds it."
  type        = string
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
