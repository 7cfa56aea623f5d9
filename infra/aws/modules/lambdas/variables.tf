variable "name" {
  description = "What every name of this environment begins with."
  type        = string
}

variable "package" {
  description = "The zip that `make package` builds; one for all functions."
  type        = string
}

variable "runtime" {
  description = "The runtime that the zip was built for (agreed.json)."
  type        = string
}

variable "architecture" {
  description = "The machine that the zip was built for (agreed.json)."
  type        = string
}

variable "functions" {
  description = "The functions, as the code has them (agreed.json)."
  type = map(object({
    handler         = string
    timeout_seconds = number
    memory_mib      = number
    sends_to        = list(string)
    sets_aside      = list(string)
    receives_from   = list(string)
    launcher        = list(string)
  }))
}

variable "sources" {
  description = "Which queue feeds which function, how many messages at a time (agreed.json)."
  type = map(object({
    function   = string
    batch_size = number
  }))
}

variable "schedules" {
  description = "Which function is called how often (agreed.json)."
  type        = map(object({ rate = string }))
}

variable "concurrency" {
  description = "How many of each function may run at once, by name."
  type        = map(number)

  validation {
    condition     = alltrue([for most in var.concurrency : most >= 2])
    error_message = "An event source mapping takes at least 2."
  }
}

variable "queue_arns" {
  description = "The queue of each destination."
  type        = map(string)
}

variable "dead_arns" {
  description = "The queue of each destination's dead letters."
  type        = map(string)
}

variable "subnet_ids" {
  description = "Where the functions run."
  type        = list(string)
}

variable "security_group_id" {
  description = "Whom the functions may call."
  type        = string
}

variable "environment" {
  description = "What every function is told in the clear."
  type        = map(string)
}

variable "addresses_secret_arn" {
  description = "The secret that tells where record and hints are."
  type        = string
}

variable "cluster_arn" {
  description = "Where workers run."
  type        = string
}

variable "worker_family" {
  description = "The task definition of a worker."
  type        = string
}

variable "worker_role_arns" {
  description = "The roles that a worker is started with."
  type        = list(string)
}

variable "log_retention_days" {
  description = "How long the functions' logs are kept."
  type        = number
}

variable "data_key_arn" {
  description = "The key that encrypts logs at rest."
  type        = string
}
