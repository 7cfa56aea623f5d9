variable "name" {
  description = "What every name of this environment begins with."
  type        = string
}

variable "subnet_ids" {
  description = "Where it answers."
  type        = list(string)
}

variable "security_group_id" {
  description = "Who may ask it."
  type        = string
}

variable "data_key_arn" {
  description = "The key that encrypts what it holds."
  type        = string
}

variable "size" {
  description = "The most that it may hold, and the most that it may do in a second."
  type = object({
    gigabytes       = number
    ecpu_per_second = number
  })
}
