-- The second factor: a seed under the symmetric key, the last step used, and recovery codes.

CREATE TABLE totp (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    sealed_seed bytea NOT NULL,
    is_confirmed boolean NOT NULL DEFAULT false,
    last_step bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE recovery_codes (
    user_id uuid NOT NULL REFERENCES users (id),
    code_hash bytea NOT NULL,
    PRIMARY KEY (user_id, code_hash)
);
