variable "name" {
  description = "What every name of this environment begins with."
  type        = string
}

variable "alarm_emails" {
  description = "Who is told of alarms; each has to confirm once."
  type        = list(string)
}

variable "data_key_arn" {
  description = "The key that encrypts what is told."
  type        = string
}

variable "queues" {
  description = "The queues by destination: name, and the age in seconds from which the oldest message is an alarm (agreed.json)."
  type = map(object({
    name        = string
    dead_name   = string
    oldest_age  = number
    is_fifo     = bool
    most_groups = number
  }))
}

variable "functions" {
  description = "The functions by name: name in AWS, and their timeout in seconds."
  type = map(object({
    name            = string
    timeout_seconds = number
  }))
}

variable "concurrency" {
  description = "How many of each function may run at once."
  type        = map(number)
}

variable "heartbeat" {
  description = "The function that is called every minute, whatever else happens."
  type        = string
}

variable "balancer_suffix" {
  description = "The load balancer, as its metrics call it."
  type        = string
}

variable "target_group_suffix" {
  description = "The edges, as their metrics call them."
  type        = string
}

variable "proxy_name" {
  description = "What stands before the database, as its metrics call it."
  type        = string
}

variable "cluster_id" {
  description = "The database, as its metrics call it."
  type        = string
}

variable "most_units" {
  description = "The most that the database may grow to."
  type        = number
}

variable "cache_name" {
  description = "The cache, as its metrics call it."
  type        = string
}

variable "cache_gigabytes" {
  description = "The most that the cache may hold."
  type        = number
}

variable "instance_group" {
  description = "The workers' instances, as their metrics call them."
  type        = string
}

variable "most_instances" {
  description = "The most instances that workers may have."
  type        = number
}

variable "credential_key_arns" {
  description = "The keys of broker credentials."
  type        = list(string)
}

variable "worker_role_name" {
  description = "The one role that may use them."
  type        = string
}

variable "log_groups" {
  description = "The logs of edge, workers and functions, by part."
  type        = map(string)
}

variable "log_alarms" {
  description = "Events of our logs that page somebody (agreed.json): what each means, its runbook, and how many of them in a minute are still none."
  type = map(object({
    says  = string
    page  = string
    above = number
  }))
}
