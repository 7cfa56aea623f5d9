variable "prefix" {
  description = "What every queue's name begins with."
  type        = string
}

variable "queues" {
  description = "The queues by destination, as the code has them (agreed.json)."
  type = map(object({
    fifo                    = bool
    visibility_seconds      = number
    delay_seconds           = number
    retention_seconds       = number
    max_receive_count       = number
    deduplication_scope     = optional(string)
    throughput_limit        = optional(string)
    dead_visibility_seconds = number
    dead_retention_seconds  = number
  }))

  validation {
    condition     = alltrue([for queue in var.queues : queue.dead_retention_seconds > queue.retention_seconds])
    error_message = "Dead letters are kept for longer than the queue keeps its messages."
  }
}
