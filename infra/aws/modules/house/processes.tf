module "edge" {
  source = "../edge"

  name                       = local.name
  image                      = var.images.edge
  vpc_id                     = module.network.vpc_id
  public_subnet_ids          = module.network.public_subnet_ids
  private_subnet_ids         = module.network.private_subnet_ids
  balancer_security_group_id = module.network.security_group_ids["balancer"]
  edge_security_group_id     = module.network.security_group_ids["edge"]
  certificate_arn            = var.certificate_arn
  port                       = local.agreed.edge.port
  stop_timeout_seconds       = local.agreed.worker.stop_timeout_seconds
  size                       = local.size.edge
  seal_key_arn               = module.vault.newest_key_arn
  queue_arns                 = values(module.bus.queue_arns)
  dead_arns                  = values(module.bus.dead_arns)
  tradingview_addresses      = local.agreed.tradingview_addresses
  largest_body_bytes         = local.agreed.edge.largest_body_bytes
  deletion_protection        = var.deletion_protection
  log_retention_days         = local.size.log_days
  data_key_arn               = module.vault.data_key_arn

  environment = merge(
    local.in_images,
    {
      FOURPASS_HOST            = "0.0.0.0"
      FOURPASS_PORT            = tostring(local.agreed.edge.port)
      FOURPASS_PUBLIC_URL      = var.public_url
      FOURPASS_PROXY_HOPS      = "1"
      FOURPASS_SECRET_BOX_KEYS = "/run/fourpass/box"
      FOURPASS_DATA_DIR        = "/tmp"
    },
    var.mail == null ? {} : { FOURPASS_MAIL_FROM = var.mail.sender },
  )

  secrets = merge(
    local.addresses["app"],
    local.origin,
    { FOURPASS_BOX_KEYS_JSON = module.vault.box_secret_arn },
    var.mail == null ? {} : { FOURPASS_SMTP_URL = var.mail.secret_arn },
  )

  secret_arns = concat(
    [module.store.login_secret_arns["app"], module.vault.origin_secret_arn, module.vault.box_secret_arn],
    var.mail == null ? [] : [var.mail.secret_arn],
  )
}

module "workers" {
  source = "../workers"

  name                   = local.name
  image                  = var.images.worker
  subnet_ids             = module.network.private_subnet_ids
  security_group_id      = module.network.security_group_ids["workers"]
  task                   = local.agreed.worker
  size                   = local.size.workers
  environment            = local.in_images
  secrets                = merge(local.addresses["worker"], local.origin)
  secret_arns            = [module.store.login_secret_arns["worker"], module.vault.origin_secret_arn]
  credential_key_arns    = module.vault.credential_key_arns
  send_arns              = [for destination in local.agreed.worker.sends_to : module.bus.queue_arns[destination]]
  log_retention_days     = local.size.log_days
  data_key_arn           = module.vault.data_key_arn
  termination_protection = var.deletion_protection
}

module "lambdas" {
  source = "../lambdas"

  name                 = local.name
  package              = var.package
  runtime              = local.agreed.package.runtime
  architecture         = local.agreed.package.architecture
  functions            = local.agreed.functions
  sources              = local.agreed.sources
  schedules            = local.agreed.schedules
  concurrency          = local.concurrency
  queue_arns           = module.bus.queue_arns
  dead_arns            = module.bus.dead_arns
  subnet_ids           = module.network.private_subnet_ids
  security_group_id    = module.network.security_group_ids["lambdas"]
  addresses_secret_arn = module.store.login_secret_arns["control"]
  cluster_arn          = module.workers.cluster_arn
  worker_family        = module.workers.family
  worker_role_arns     = [module.workers.task_role_arn, module.workers.execution_role_arn]
  log_retention_days   = local.size.log_days
  data_key_arn         = module.vault.data_key_arn

  environment = merge(local.common, {
    PGSSLROOTCERT                  = "/etc/pki/tls/certs/ca-bundle.crt"
    FOURPASS_ECS_CLUSTER           = module.workers.cluster_name
    FOURPASS_ECS_TASK_DEFINITION   = module.workers.family
    FOURPASS_ECS_CAPACITY_PROVIDER = module.workers.capacity_provider
    FOURPASS_ECS_CONTAINER         = local.agreed.worker.container
    FOURPASS_POOL_SIZE             = tostring(local.size.pool_size)
  })
}

module "observability" {
  source = "../observability"

  name                = local.name
  alarm_emails        = var.alarm_emails
  data_key_arn        = module.vault.data_key_arn
  concurrency         = local.concurrency
  heartbeat           = "maintenance"
  balancer_suffix     = module.edge.balancer_suffix
  target_group_suffix = module.edge.target_group_suffix
  cluster_id          = module.store.cluster_id
  proxy_name          = module.store.proxy_name
  most_units          = local.size.database.most_units
  cache_name          = module.cache.name
  cache_gigabytes     = local.size.cache.gigabytes
  instance_group      = module.workers.instance_group
  most_instances      = local.size.workers.most
  credential_key_arns = module.vault.credential_key_arns
  worker_role_name    = "${local.name}-worker"
  log_alarms          = local.agreed.log_alarms

  queues = {
    for destination, queue in local.agreed.queues : destination => {
      name        = module.bus.queue_names[destination]
      dead_name   = module.bus.dead_names[destination]
      oldest_age  = local.agreed.oldest_age_seconds[destination]
      is_fifo     = queue.fifo
      most_groups = 20000
    }
  }

  functions = {
    for name, function in local.agreed.functions : name => {
      name            = module.lambdas.function_names[name]
      timeout_seconds = function.timeout_seconds
    }
  }

  log_groups = merge(
    { edge = module.edge.log_group, worker = module.workers.log_group },
    module.lambdas.log_groups,
  )
}
