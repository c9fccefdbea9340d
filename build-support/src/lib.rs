//! A release binary that carries its own PostgreSQL revisions.
