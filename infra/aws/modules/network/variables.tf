variable "name" {
  description = "What every name of this environment begins with."
  type        = string
}

variable "cidr" {
  description = "The addresses of the VPC; a /16, of which each subnet takes a /20."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && endswith(var.cidr, "/16")
    error_message = "The VPC is a /16, such as 10.20.0.0/16."
  }
}

variable "zones" {
  description = "Availability zones, one public and one private subnet in each."
  type        = list(string)

  validation {
    condition     = length(var.zones) >= 2
    error_message = "Load balancer and database need two zones."
  }
}

variable "nat_gateways" {
  description = "How many gateways to the internet; one a zone survives the loss of a zone."
  type        = number

  validation {
    condition     = var.nat_gateways >= 1 && var.nat_gateways <= length(var.zones)
    error_message = "Between one gateway and one a zone."
  }
}

variable "egress_allocation_ids" {
  description = "Elastic IPs that are ours already, one a gateway: the addresses that brokers know. None: new ones."
  type        = list(string)
  default     = []

  validation {
    condition     = contains([0, var.nat_gateways], length(var.egress_allocation_ids))
    error_message = "Name one Elastic IP a gateway, or none at all."
  }
}

variable "endpoints" {
  description = "Services of AWS that are reached without the internet, by the short name of their endpoint."
  type        = set(string)
}

variable "edge_port" {
  description = "Where an edge listens."
  type        = number
}

variable "log_retention_days" {
  description = "How long the log of flows is kept."
  type        = number
}

variable "data_key_arn" {
  description = "The key that encrypts logs at rest."
  type        = string
}
