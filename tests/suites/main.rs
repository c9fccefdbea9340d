//! Every suite, one module per subject, in one test binary.

mod autogenerate;
#[cfg(unix)]
mod autogenerate_asks;
mod autogenerate_compares;
mod autogenerate_grants;
mod autogenerate_names;
mod autogenerate_online;
mod bad_models;
mod build_script;
mod cli;
mod code;
mod connect;
mod corpora;
mod dependencies;
mod diff;
mod diff_cases;
mod diff_equal;
mod diff_random;
mod diff_score;
mod diff_seen;
mod docs_autogenerate;
mod engine;
#[cfg(unix)]
mod faults;
mod fleet;
mod import;
mod lint;
#[cfg(unix)]
mod local;
mod model;
mod models;
mod moving;
mod new;
mod pictures;
mod production;
mod refinery;
mod releases;
mod repeatable;
mod roles;
mod scaffold;
#[cfg(unix)]
mod server;
mod sql;
mod squash;
#[cfg(unix)]
mod standby;
mod startup;
mod states;
#[cfg(unix)]
mod teams;
mod tenants;
mod testing;
mod verify;
mod workflow;
