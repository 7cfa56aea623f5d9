# The whole house: environments call this, and nothing else.
data "aws_availability_zones" "this" {
  state = "available"
}

data "aws_region" "this" {}

locals {
  name   = "fourpass-${var.environment}"
  prefix = "${local.name}-"
  agreed = jsondecode(file("${path.module}/../../agreed.json"))
  zones  = slice(sort(data.aws_availability_zones.this.names), 0, 2)

  concurrency = {
    for name, function in local.agreed.functions : name =>
    length(function.receives_from) > 0 ? local.size.concurrency.fed : local.size.concurrency.scheduled
  }

  # What every process is told.
  common = merge(
    {
      FOURPASS_QUEUES         = "sqs"
      FOURPASS_QUEUE_PREFIX   = local.prefix
      FOURPASS_AWS_REGION     = data.aws_region.this.name
      FOURPASS_VALKEY_CLUSTER = "1"
      FOURPASS_LOG_FORMAT     = "json"
    },
    var.aws_endpoint_url == null ? {} : { FOURPASS_AWS_ENDPOINT_URL = var.aws_endpoint_url },
  )

  in_images = merge(local.common, {
    AWS_DEFAULT_REGION         = data.aws_region.this.name
    PGSSLROOTCERT              = "/etc/ssl/certs/ca-certificates.crt"
    FOURPASS_VAULT             = "kms"
    FOURPASS_VAULT_KMS_KEYS    = module.vault.kms_keys
    FOURPASS_VAULT_ORIGIN_KEYS = "/run/fourpass/origin"
  })

  # Who is whom at the record: each process is told its own login, and no other.
  addresses = {
    for who, arn in module.store.login_secret_arns : who => {
      for variable in ["FOURPASS_DATABASE_URL", "FOURPASS_VALKEY_URL"] : variable => "${arn}:${variable}::"
    }
  }

  origin = { FOURPASS_ORIGIN_KEYS_JSON = module.vault.origin_secret_arn }
}

module "network" {
  source = "../network"

  name                  = local.name
  cidr                  = var.cidr
  zones                 = local.zones
  nat_gateways          = local.size.nat_gateways
  egress_allocation_ids = var.egress_allocation_ids
  endpoints             = toset(local.size.endpoints)
  edge_port             = local.agreed.edge.port
  log_retention_days    = local.size.log_days
  data_key_arn          = module.vault.data_key_arn
}

module "vault" {
  source = "../vault"

  name                   = local.name
  key_versions           = var.key_versions
  worker_role_arn        = module.workers.task_role_arn
  edge_role_arn          = module.edge.task_role_arn
  rotation_principal_arn = var.rotation_principal_arn
  recovery_days          = var.deletion_protection ? 30 : 7
  recover_secrets        = var.deletion_protection
}

module "bus" {
  source = "../bus"

  prefix = local.prefix
  queues = local.agreed.queues
}

module "cache" {
  source = "../cache"

  name              = local.name
  subnet_ids        = module.network.private_subnet_ids
  security_group_id = module.network.security_group_ids["cache"]
  data_key_arn      = module.vault.data_key_arn
  size              = local.size.cache
}

module "store" {
  source = "../store"

  name                       = local.name
  subnet_ids                 = module.network.private_subnet_ids
  database_security_group_id = module.network.security_group_ids["database"]
  proxy_security_group_id    = module.network.security_group_ids["proxy"]
  data_key_arn               = module.vault.data_key_arn
  size                       = local.size.database
  valkey_url                 = module.cache.url
  backup_days                = local.size.backup_days
  deletion_protection        = var.deletion_protection
  recovery_days              = 30
  log_retention_days         = local.size.log_days
  logins                     = { for who, login in local.agreed.logins : who => login.user }
  password_version           = var.password_version
  login_variables            = { for who, login in local.agreed.logins : who => login.variable }
  image                      = var.images.edge
  environment                = { FOURPASS_LOG_FORMAT = "json", PGSSLROOTCERT = local.in_images.PGSSLROOTCERT }
}
