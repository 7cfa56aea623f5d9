variable "name" {
  description = "What every name of this environment begins with."
  type        = string
}

variable "image" {
  description = "The edge's image, by digest or immutable tag."
  type        = string
}

variable "vpc_id" {
  description = "The VPC."
  type        = string
}

variable "public_subnet_ids" {
  description = "Where the load balancer is."
  type        = list(string)
}

variable "private_subnet_ids" {
  description = "Where the edges are."
  type        = list(string)
}

variable "balancer_security_group_id" {
  description = "Who may come in: the world, by TLS."
  type        = string
}

variable "edge_security_group_id" {
  description = "Whom an edge may call."
  type        = string
}

variable "certificate_arn" {
  description = "The certificate of the public name, in ACM."
  type        = string
}

variable "port" {
  description = "Where an edge listens (agreed.json)."
  type        = number
}

variable "stop_timeout_seconds" {
  description = "How long an edge may take to finish what it has in hand (agreed.json)."
  type        = number
}

variable "size" {
  description = "CPU units and MiB of an edge; how many, least and most."
  type = object({
    cpu        = number
    memory_mib = number
    least      = number
    most       = number
  })
}

variable "environment" {
  description = "What every edge is told in the clear."
  type        = map(string)
}

variable "secrets" {
  description = "What every edge is told in secret: variable to ARN, or ARN:key::."
  type        = map(string)
}

variable "secret_arns" {
  description = "The secrets behind `secrets`, whole."
  type        = list(string)
}

variable "seal_key_arn" {
  description = "The key that seals broker credentials; the edge gets its public half."
  type        = string
}

variable "queue_arns" {
  description = "The queues that an edge sends to."
  type        = list(string)
}

variable "dead_arns" {
  description = "The queues of dead letters, which an operator reads through the edge."
  type        = list(string)
}

variable "tradingview_addresses" {
  description = "Where TradingView's alerts come from: excused from the rate per address, and from nothing else."
  type        = list(string)
}

variable "rate_per_address" {
  description = "Requests of one address in five minutes."
  type        = number
  default     = 2000
}

variable "sign_in_rate_per_address" {
  description = "Requests of one address to /api/auth in five minutes."
  type        = number
  default     = 100
}

variable "largest_body_bytes" {
  description = "The largest body that any route takes (agreed.json)."
  type        = number

  validation {
    condition     = var.largest_body_bytes == 65536
    error_message = "The WAF's pattern is written for 64 KiB; change both."
  }
}

variable "deletion_protection" {
  description = "Whether the load balancer outlives a destroy."
  type        = bool
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
}

variable "data_key_arn" {
  description = "The key that encrypts logs at rest."
  type        = string
}
