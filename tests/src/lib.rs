//! Harness of the suites against a real PostgreSQL.
