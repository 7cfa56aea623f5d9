variable "name" {
  description = "What every name of this environment begins with."
  type        = string
}

variable "subnet_ids" {
  description = "Where database and proxy are; two zones."
  type        = list(string)
}

variable "database_security_group_id" {
  description = "Who may reach the database: the proxy."
  type        = string
}

variable "proxy_security_group_id" {
  description = "Who may reach the proxy."
  type        = string
}

variable "data_key_arn" {
  description = "The key that encrypts the database and its copies."
  type        = string
}

variable "size" {
  description = "Capacity units, least and most, and how many instances: the second survives the loss of a zone."
  type = object({
    least_units = number
    most_units  = number
    instances   = number
  })
}

variable "valkey_url" {
  description = "Where hints are; told together with the database's address."
  type        = string
}

variable "backup_days" {
  description = "How far back the database can be restored to any second."
  type        = number
}

variable "deletion_protection" {
  description = "Whether database and backups outlive a destroy."
  type        = bool
}

variable "recovery_days" {
  description = "For how long a deleted secret can be taken back."
  type        = number
}

variable "log_retention_days" {
  description = "How long the database's log is kept."
  type        = number
}

variable "logins" {
  description = "The roles of the record that somebody logs in as: short name to database user (agreed.json)."
  type        = map(string)
}

variable "login_variables" {
  description = "By which variable whoever migrates is told each of these logins (agreed.json)."
  type        = map(string)
}

variable "image" {
  description = "The image that migrates, by digest or immutable tag."
  type        = string
}

variable "environment" {
  description = "What it is told in the clear."
  type        = map(string)
}

variable "password_version" {
  description = "Raise it, apply and migrate: every login gets a new password."
  type        = number
  default     = 1
}
