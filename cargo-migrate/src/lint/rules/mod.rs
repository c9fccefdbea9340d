//! Our own rules: what squawk does not look for. Each is one line of [`RULES`]: a name, what it is
//! about, a function, and an example that is right, one that is wrong, and the wrong one mended.
//! Help, documentation, levels and tests come from this table.

mod functions;
mod indexes;
mod locks;
mod rewrites;
mod rows;
mod settings;
mod types;
mod words;

use std::ops::Range;

use super::{Class, Edit, Found, Level, Levels, Linter, RuleInfo, Subject};

/// A rule of ours.
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// Its level where the project says nothing.
    pub level: Level,
    /// The danger.
    pub class: Class,
    check: fn(&Subject<'_>, &mut Reporter),
    /// What it looks like.
    pub example: Example,
}

/// Three scripts that show a rule.
pub struct Example {
    /// Where the rule finds nothing.
    pub ok: &'static str,
    /// Where it finds something.
    pub error: &'static str,
    /// The same, mended; what the edits make of it where there are any.
    pub fixed: &'static str,
}

/// Takes what a rule finds.
struct Reporter {
    reports: Vec<(Range<usize>, String, String, Vec<Edit>)>,
}

impl Reporter {
    fn report(&mut self, range: Range<usize>, message: impl Into<String>, help: impl Into<String>) {
        self.mend(range, message, help, Vec::new());
    }

    fn mend(
        &mut self,
        range: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
        edits: Vec<Edit>,
    ) {
        self.reports
            .push((range, message.into(), help.into(), edits));
    }
}

/// The linter of these rules.
pub(super) struct Own;

impl Linter for Own {
    fn rules(&self) -> Vec<RuleInfo> {
        let info = |rule: &Rule| RuleInfo {
            name: rule.name.to_owned(),
            about: rule.about,
            level: rule.level,
            class: rule.class,
        };
        RULES.iter().map(info).collect()
    }

    fn lint(&self, subject: &Subject<'_>, levels: &Levels) -> Vec<Found> {
        let wanted = |rule: &&Rule| levels.of_rule(rule.name, rule.level) != Level::Off;
        RULES
            .iter()
            .filter(wanted)
            .flat_map(|rule| rule.run(subject))
            .collect()
    }
}

impl Rule {
    fn run(&self, subject: &Subject<'_>) -> Vec<Found> {
        let mut reporter = Reporter {
            reports: Vec::new(),
        };
        (self.check)(subject, &mut reporter);
        let found = |(range, message, help, edits)| Found {
            rule: self.name.to_owned(),
            class: self.class,
            level: self.level,
            range,
            message,
            help: Some(help),
            edits,
        };
        reporter.reports.into_iter().map(found).collect()
    }
}

/// Every rule of ours.
pub const RULES: &[Rule] = &[
    Rule {
        name: "advisory-unlock-all",
        about: "`pg_advisory_unlock_all` releases locks that others of the session hold",
        level: Level::Error,
        class: Class::Security,
        check: settings::advisory_unlock_all,
        example: Example {
            ok: "SELECT pg_advisory_unlock(1);",
            error: "SELECT pg_advisory_unlock_all();",
            fixed: "SELECT pg_advisory_unlock(1);",
        },
    },
    Rule {
        name: "concurrent-index-if-not-exists",
        about: "IF NOT EXISTS takes an INVALID index of that name for a good one",
        level: Level::Warning,
        class: Class::MayFail,
        check: indexes::if_not_exists,
        example: Example {
            ok: "CREATE INDEX CONCURRENTLY i ON a (b);",
            error: "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON a (b);",
            fixed: "CREATE INDEX CONCURRENTLY i ON a (b);",
        },
    },
    Rule {
        name: "concurrent-index-unnamed",
        about: "an index without a name is called by what is taken: not alike in every database",
        level: Level::Error,
        class: Class::MayFail,
        check: indexes::unnamed,
        example: Example {
            ok: "CREATE INDEX CONCURRENTLY i ON a (b);",
            error: "CREATE INDEX CONCURRENTLY ON a (b);",
            fixed: "CREATE INDEX CONCURRENTLY a_b_idx ON a (b);",
        },
    },
    Rule {
        name: "dynamic-sql",
        about: "what EXECUTE runs can't be looked at",
        level: Level::Warning,
        class: Class::Style,
        check: functions::dynamic_sql,
        example: Example {
            ok: "DO $$ BEGIN PERFORM 1; END $$;",
            error: "DO $$ BEGIN EXECUTE 'ALTER TABLE a ADD b int'; END $$;",
            fixed: "ALTER TABLE a ADD b bigint;",
        },
    },
    Rule {
        name: "exclusion-constraint-added",
        about: "an exclusion constraint is built under a lock that stops reads and writes",
        level: Level::Error,
        class: Class::Lock,
        check: indexes::exclusion_constraint,
        example: Example {
            ok: "CREATE TABLE a (r tstzrange, EXCLUDE USING gist (r WITH &&));",
            error: "ALTER TABLE a ADD CONSTRAINT c EXCLUDE USING gist (r WITH &&);",
            fixed: "-- migrate: allow=lock\nALTER TABLE a ADD CONSTRAINT c EXCLUDE USING gist (r WITH &&);",
        },
    },
    Rule {
        name: "explicit-table-lock",
        about: "LOCK TABLE holds its lock to the end of the revision",
        level: Level::Error,
        class: Class::Lock,
        check: locks::explicit,
        example: Example {
            ok: "SELECT 1 FROM a FOR UPDATE;",
            error: "LOCK TABLE a IN ACCESS EXCLUSIVE MODE;",
            fixed: "SELECT 1;",
        },
    },
    Rule {
        name: "grant-to-public",
        about: "every role of the server gets the right",
        level: Level::Warning,
        class: Class::Security,
        check: functions::grant_to_public,
        example: Example {
            ok: "GRANT SELECT ON a TO app;",
            error: "GRANT SELECT ON a TO PUBLIC;",
            fixed: "GRANT SELECT ON a TO app;",
        },
    },
    Rule {
        name: "json-column",
        about: "json has no equality, so DISTINCT and UNION fail on it; jsonb has one, and indexes",
        level: Level::Warning,
        class: Class::Style,
        check: types::json_column,
        example: Example {
            ok: "CREATE TABLE a (b jsonb, json text);",
            error: "CREATE TABLE a (id bigint, b json NOT NULL);",
            fixed: "CREATE TABLE a (id bigint, b jsonb NOT NULL);",
        },
    },
    Rule {
        name: "maintenance-rewrite",
        about: "CLUSTER and VACUUM FULL rewrite the table under a lock that stops reads and writes",
        level: Level::Error,
        class: Class::Rewrite,
        check: rewrites::maintenance,
        example: Example {
            ok: "VACUUM (ANALYZE) a;",
            error: "VACUUM (FULL, ANALYZE) a;",
            fixed: "VACUUM (ANALYZE) a;",
        },
    },
    Rule {
        name: "new-enum-value-used",
        about: "PostgreSQL refuses a new value of an enum in the transaction that adds it (55P04)",
        level: Level::Error,
        class: Class::MayFail,
        check: types::new_enum_value_used,
        example: Example {
            ok: "ALTER TYPE mood ADD VALUE 'fine' AFTER 'bad';",
            error: "ALTER TYPE mood ADD VALUE 'fine' AFTER 'bad';\nINSERT INTO a VALUES ('fine');",
            fixed: "-- migrate: transaction=none\nALTER TYPE mood ADD VALUE 'fine' AFTER 'bad';\nINSERT INTO a VALUES ('fine');",
        },
    },
    Rule {
        name: "partition-attached-unchecked",
        about: "ATTACH PARTITION reads the whole table unless a CHECK proves its bounds",
        level: Level::Warning,
        class: Class::Lock,
        check: locks::attach_partition,
        example: Example {
            ok: "CREATE TABLE b (x int);\nALTER TABLE a ATTACH PARTITION b FOR VALUES IN (1);",
            error: "ALTER TABLE a ATTACH PARTITION b FOR VALUES IN (1);",
            fixed: "ALTER TABLE b ADD CONSTRAINT c CHECK (x = 1) NOT VALID;\nALTER TABLE a ATTACH PARTITION b FOR VALUES IN (1);",
        },
    },
    Rule {
        name: "refresh-blocks-reads",
        about: "REFRESH MATERIALIZED VIEW stops its readers while it runs",
        level: Level::Error,
        class: Class::Lock,
        check: locks::refresh,
        example: Example {
            ok: "REFRESH MATERIALIZED VIEW CONCURRENTLY v;",
            error: "REFRESH MATERIALIZED VIEW v;",
            fixed: "REFRESH MATERIALIZED VIEW CONCURRENTLY v;",
        },
    },
    Rule {
        name: "rows-beside-schema",
        about: "rows that change in the transaction of an ALTER TABLE keep its lock for as long",
        level: Level::Error,
        class: Class::Lock,
        check: rows::beside_schema,
        example: Example {
            ok: "ALTER TABLE a ADD b bigint;",
            error: "ALTER TABLE a ADD b bigint;\nUPDATE a SET b = 1 WHERE b IS NULL;",
            fixed: "-- migrate: batch\nUPDATE a SET b = 1 WHERE b IS NULL;",
        },
    },
    Rule {
        name: "rows-without-where",
        about: "one statement locks every row of the table until the revision ends",
        level: Level::Error,
        class: Class::Lock,
        check: rows::without_where,
        example: Example {
            ok: "UPDATE a SET b = 1 WHERE c = 2;",
            error: "UPDATE a SET b = 1;",
            fixed: "-- migrate: batch\nUPDATE a SET b = 1;",
        },
    },
    Rule {
        name: "security-definer-search-path",
        about: "a SECURITY DEFINER function runs what its caller's search_path says",
        level: Level::Error,
        class: Class::Security,
        check: functions::security_definer,
        example: Example {
            ok: "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT 1';",
            error: "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
            fixed: "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'SELECT 1';",
        },
    },
    Rule {
        name: "session-setting",
        about: "a setting without LOCAL would outlive the revision",
        level: Level::Warning,
        class: Class::Style,
        check: settings::session_setting,
        example: Example {
            ok: "SET LOCAL work_mem = '1GB';\nSET CONSTRAINTS ALL DEFERRED;",
            error: "SET work_mem = '1GB';\nSELECT set_config('a.b', '1', false);",
            fixed: "SET LOCAL work_mem = '1GB';\nSELECT set_config('a.b', '1', true);",
        },
    },
    Rule {
        name: "several-foreign-keys",
        about: "each foreign key locks two tables, and all are held until the revision ends",
        level: Level::Warning,
        class: Class::Lock,
        check: locks::several_foreign_keys,
        example: Example {
            ok: "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id) NOT VALID;",
            error: "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id) NOT VALID, ADD FOREIGN KEY (c) REFERENCES c (id) NOT VALID;",
            fixed: "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b (id) NOT VALID;",
        },
    },
    Rule {
        name: "several-tables-locked",
        about: "locks on several tables are taken one by one and held together: a deadlock waits",
        level: Level::Warning,
        class: Class::Lock,
        check: locks::several_tables,
        example: Example {
            ok: "ALTER TABLE a ADD c bigint;\nALTER TABLE public.a ADD d bigint;",
            error: "ALTER TABLE a ADD c bigint;\nALTER TABLE b ADD c bigint;",
            fixed: "ALTER TABLE a ADD c bigint;",
        },
    },
    Rule {
        name: "statement-behind-lock",
        about: "what runs behind an ALTER TABLE or DROP TABLE makes its lock last longer",
        level: Level::Off,
        class: Class::Lock,
        check: locks::statement_behind,
        example: Example {
            ok: "ALTER TABLE a ADD b bigint;\nALTER TABLE a ADD c bigint;",
            error: "ALTER TABLE a ADD b bigint;\nSELECT count(*) FROM b;",
            fixed: "ALTER TABLE a ADD b bigint;",
        },
    },
    Rule {
        name: "table-emptied",
        about: "TRUNCATE deletes every row, and locks the table against readers too",
        level: Level::Error,
        class: Class::DataLoss,
        check: rows::truncate,
        example: Example {
            ok: "CREATE TABLE a (b int);\nTRUNCATE a;",
            error: "TRUNCATE a;",
            fixed: "-- migrate: allow=data-loss\nTRUNCATE a;",
        },
    },
    Rule {
        name: "table-rewrite",
        about: "a change of tablespace, logging or access method writes the whole table anew",
        level: Level::Error,
        class: Class::Rewrite,
        check: rewrites::storage,
        example: Example {
            ok: "ALTER TABLE a SET (fillfactor = 70);",
            error: "ALTER TABLE a SET UNLOGGED;",
            fixed: "CREATE UNLOGGED TABLE a (b int);",
        },
    },
    Rule {
        name: "trigger-created",
        about: "CREATE TRIGGER waits for all writers and stops new ones",
        level: Level::Warning,
        class: Class::Lock,
        check: locks::trigger,
        example: Example {
            ok: "CREATE TABLE a (b int);\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();",
            error: "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();",
            fixed: "-- migrate: allow=trigger-created\nCREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();",
        },
    },
    Rule {
        name: "unknown-rule",
        about: "a word that names no rule and no hazard accepts nothing",
        level: Level::Warning,
        class: Class::Style,
        check: words::unknown,
        example: Example {
            ok: "-- migrate: allow=security, rows-without-where\nUPDATE a SET b = 1;",
            error: "-- migrate: allow=lock, row-without-where\nUPDATE a SET b = 1;",
            fixed: "-- migrate: allow=lock, rows-without-where\nUPDATE a SET b = 1;",
        },
    },
];

#[cfg(test)]
mod tests;
