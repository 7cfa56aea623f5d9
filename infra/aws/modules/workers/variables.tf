variable "name" {
  description = "What every name of this environment begins with."
  type        = string
}

variable "image" {
  description = "The worker's image, by digest or immutable tag."
  type        = string
}

variable "subnet_ids" {
  description = "Where the instances are."
  type        = list(string)
}

variable "security_group_id" {
  description = "Whom workers may call."
  type        = string
}

variable "task" {
  description = "A worker's share of an instance, and how long it may take to leave (agreed.json)."
  type = object({
    container            = string
    cpu                  = number
    memory_mib           = number
    stop_timeout_seconds = number
  })
}

variable "size" {
  description = "The instances: type, least and most."
  type = object({
    instance_type = string
    least         = number
    most          = number
  })
}

variable "environment" {
  description = "What every worker is told in the clear."
  type        = map(string)
}

variable "secrets" {
  description = "What every worker is told in secret: variable to ARN, or ARN:key::."
  type        = map(string)
}

variable "secret_arns" {
  description = "The secrets behind `secrets`, whole."
  type        = list(string)
}

variable "credential_key_arns" {
  description = "The keys under which broker credentials are sealed."
  type        = list(string)
}

variable "send_arns" {
  description = "Queues that workers send to."
  type        = list(string)
}

variable "log_retention_days" {
  description = "How long the workers' log is kept."
  type        = number
}

variable "data_key_arn" {
  description = "The key that encrypts logs at rest."
  type        = string
}

variable "termination_protection" {
  description = "Whether instances with workers on them outlive a smaller group; false only where everything comes and goes."
  type        = bool
  default     = true
}
