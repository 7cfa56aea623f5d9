output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Where the load balancer and the gateways are."
  value       = [for subnet in aws_subnet.public : subnet.id]
}

output "private_subnet_ids" {
  description = "Where everything else is."
  value       = [for subnet in aws_subnet.private : subnet.id]
}

output "security_group_ids" {
  description = "The group of each room."
  value       = { for room, group in aws_security_group.this : room => group.id }
}

output "egress_addresses" {
  description = "The addresses that brokers see us under, where they are made here."
  value       = [for address in aws_eip.egress : address.public_ip]
}
