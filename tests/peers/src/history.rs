//! One history in the forms that each tool reads, so that reading it is in nobody's time.

use include_dir::{Dir, DirEntry, File};
use sqlx::SqlSafeStr as _;

use crate::tools::Outcome;

/// A line of revisions that each make a table.
pub struct History {
    pub ours: &'static Dir<'static>,
    pub digest: &'static str,
    pub refinery: Vec<refinery_core::Migration>,
    pub sqlx: sqlx::migrate::Migrator,
    pub diesel: tempfile::TempDir,
    count: usize,
}

fn up(number: usize) -> String {
    format!("CREATE TABLE t{number} (id bigint PRIMARY KEY, name text NOT NULL);")
}

impl History {
    pub fn of(count: usize) -> Outcome<Self> {
        let (ours, digest) = ours(count)?;
        let refinery = (1..=count)
            .map(|n| refinery_core::Migration::unapplied(&format!("V{n}__t{n}"), &up(n)))
            .collect::<Result<_, _>>()?;
        let sqlx = (1..=count).map(|n| {
            let sql = sqlx::AssertSqlSafe(up(n)).into_sql_str();
            let version = i64::try_from(n).expect("small");
            let kind = sqlx::migrate::MigrationType::Simple;
            sqlx::migrate::Migration::new(version, format!("t{n}").into(), kind, sql, false)
        });
        Ok(Self {
            ours,
            digest,
            refinery,
            sqlx: sqlx::migrate::Migrator::with_migrations(sqlx.collect()),
            diesel: diesel(count)?,
            count,
        })
    }

    pub fn len(&self) -> usize {
        self.count
    }
}

/// What `include_dir!` and the build script would have made of it.
fn ours(count: usize) -> Outcome<(&'static Dir<'static>, &'static str)> {
    let entry = |n: usize| {
        let path: &'static str = format!("{n:05}_t{n}.up.sql").leak();
        let parent = if n == 1 { "base".to_owned() } else { format!("{:05}", n - 1) };
        let text: &'static str =
            format!("-- Make t{n}.\n-- migrate: revises={parent}\n\n{}\n", up(n)).leak();
        DirEntry::File(File::new(path, text.as_bytes()))
    };
    let entries: Vec<DirEntry<'static>> = (1..=count).map(entry).collect();
    let folder: &'static Dir<'static> = Box::leak(Box::new(Dir::new("", entries.leak())));
    let files = build_support::source::embedded::read(folder, &["migrations"]);
    let source = build_support::source::load(files)?;
    let marks = source.revisions.iter().map(|revision| build_support::revision::AppliedMark {
        id: &revision.id,
        checksum: &revision.up.checksum,
        partial: false,
    });
    let digest = build_support::revision::Digest::of(marks).to_string().leak();
    Ok((folder, digest))
}

/// diesel has no other way from values than files.
fn diesel(count: usize) -> Outcome<tempfile::TempDir> {
    let folder = tempfile::tempdir()?;
    for number in 1..=count {
        let inner = folder.path().join(format!("{number:05}_t{number}"));
        std::fs::create_dir(&inner)?;
        std::fs::write(inner.join("up.sql"), up(number))?;
        std::fs::write(inner.join("down.sql"), format!("DROP TABLE t{number};"))?;
    }
    Ok(folder)
}
