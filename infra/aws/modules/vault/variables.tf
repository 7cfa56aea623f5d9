variable "name" {
  description = "What every name of this environment begins with."
  type        = string
}

variable "key_versions" {
  description = "How many versions of the key of broker credentials there are; the highest seals. Only ever raise it."
  type        = number
  default     = 1

  validation {
    condition     = var.key_versions >= 1 && floor(var.key_versions) == var.key_versions
    error_message = "A whole number from 1 on."
  }
}

variable "worker_role_arn" {
  description = "The one role that may open broker credentials."
  type        = string
}

variable "edge_role_arn" {
  description = "The role that seals them, and cannot open them."
  type        = string
}

variable "rotation_principal_arn" {
  description = "Who may take the role of key rotation, which opens credentials to seal them anew. Null, as almost always: there is no such role."
  type        = string
  default     = null
}

variable "recovery_days" {
  description = "For how long a deleted key or secret can be taken back."
  type        = number

  validation {
    condition     = var.recovery_days >= 7 && var.recovery_days <= 30
    error_message = "KMS and Secrets Manager take 7 to 30 days."
  }
}

variable "recover_secrets" {
  description = "Whether deleted secrets can be taken back; false for an environment that comes and goes."
  type        = bool
}
