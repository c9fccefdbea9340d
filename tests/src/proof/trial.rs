//! One case proved on a server: there, nothing left, back, the same plan twice, the rows alive.

use super::case::Case;
use super::database::{dump_of, run};
use super::dump::{Dump, Equality};
use super::identity::Identities;
use super::planner::{Planned, Reading, plan_between, plan_from, read};
use super::rows::Rows;
use crate::harness::Database;

/// What came of a case.
#[derive(Debug, Clone, Default)]
pub struct Trial {
    /// What does not hold.
    pub complaints: Vec<String>,
    /// The statements of the plan, or why there is none.
    pub expect: String,
    /// Its hazards, one a line.
    pub hazards: String,
    /// Why the server at hand can't run it.
    pub skipped: Option<String>,
}

/// Makes the roles that cases grant to.
///
/// # Panics
/// Where the server refuses.
pub fn prepare_roles() {
    let database = Database::fresh();
    for role in ["reader", "writer"] {
        // On a server that outlives the run they are there already.
        let _ = run(&database, &format!("CREATE ROLE {role}"));
    }
}

impl Trial {
    /// Runs a case on databases of its own.
    #[must_use]
    pub fn run(case: &Case) -> Self {
        let mut trial = Self::default();
        let (from, to) = (Database::fresh(), Database::fresh());
        for (database, ddl) in [
            (&from, case.start()),
            (&to, case.target()),
            (&from, case.rows.clone()),
        ] {
            if let Err(why) = run(database, &ddl) {
                if lacks_parts(&why) {
                    trial.skipped = Some(why);
                    return trial;
                }
                trial
                    .complaints
                    .push(format!("the case itself fails: {why}"));
                return trial;
            }
        }
        trial.prove(case, &from, &to);
        trial
    }

    fn prove(&mut self, case: &Case, from: &Database, to: &Database) {
        let planned = match plan_between(from, to, &case.rename, case.asked) {
            Ok(planned) => planned,
            Err(why) => {
                self.complaints.push(format!("no plan: {why}"));
                return;
            }
        };
        planned.script.trim_end().clone_into(&mut self.expect);
        self.hazards = planned.hazards.join("\n");
        let (start, target) = (Scene::read(from), Scene::read(to));
        let again = plan_from(&start.reading, &target.reading, &case.rename, case.asked);
        if again.as_ref().map(|plan| &plan.statements) != Ok(&planned.statements) {
            self.complaints
                .push(format!("another plan the second time: {again:?}"));
        }
        if let Some(after) = self.apply("the plan", &planned, from, &start, &target) {
            self.complaints.extend(start.lost(case, &target, &after));
            self.nothing_left(case, &after, &target);
        }
        let inverted: Vec<(String, String)> = case
            .rename
            .iter()
            .map(|(old, new)| (new.clone(), old.clone()))
            .collect();
        match plan_from(&target.reading, &start.reading, &inverted, case.asked) {
            Ok(planned) => drop(self.apply("the plan back", &planned, to, &target, &start)),
            Err(why) => self.complaints.push(format!("no plan back: {why}")),
        }
    }

    /// Applies a plan and compares what is reached with what was wanted.
    fn apply(
        &mut self,
        what: &str,
        planned: &Planned,
        database: &Database,
        before: &Scene,
        wanted: &Scene,
    ) -> Option<Scene> {
        if let Err(why) = run(database, &planned.script) {
            self.complaints
                .push(format!("{what} fails: {why}\n{}", planned.script));
            return None;
        }
        let after = Scene::read(database);
        match compared(planned, wanted, &after) {
            Equality::Exact => {}
            Equality::ColumnOrder(_) => {
                let tables = before
                    .identities
                    .misordered(&wanted.identities, &after.identities);
                if !tables.is_empty() {
                    self.complaints
                        .push(format!("{what} adds columns in another order: {tables:?}"));
                }
            }
            Equality::NotNullNames(tables) => {
                if planned.unchanged.is_empty() {
                    self.complaints
                        .push(format!("{what} leaves names without a word: {tables:?}"));
                }
            }
            Equality::Different(text) => {
                self.complaints
                    .push(format!("{what} leads elsewhere:\n{text}{}", planned.script));
            }
        }
        Some(after)
    }

    fn nothing_left(&mut self, case: &Case, after: &Scene, target: &Scene) {
        match plan_from(&after.reading, &target.reading, &[], case.asked) {
            Ok(rest) if rest.statements.is_empty() => {}
            Ok(rest) => self
                .complaints
                .push(format!("a second diff finds\n{}", rest.script)),
            Err(why) => self.complaints.push(format!("a second diff fails: {why}")),
        }
    }
}

/// Compares the dumps, and leaves out who declares an inherited column where the plan says that it
/// can't change that: the second diff looks at all else about the column.
fn compared(planned: &Planned, wanted: &Scene, after: &Scene) -> Equality {
    let (wanted, after) = (&wanted.dump, &after.dump);
    match planned
        .unchanged
        .iter()
        .any(|note| note.contains("declare"))
    {
        true => wanted
            .without_declarations()
            .compare(&after.without_declarations()),
        false => wanted.compare(after),
    }
}

/// Whether the server was built without something that the case is about.
fn lacks_parts(why: &str) -> bool {
    why.contains("not supported in this build") || why.starts_with("could not load library")
}

/// All that is read of a database: schema, dump, identities and rows.
struct Scene {
    reading: Reading,
    dump: Dump,
    identities: Identities,
    rows: Vec<(String, Rows)>,
}

impl Scene {
    fn read(database: &Database) -> Self {
        let mut client = database.client();
        let identities = Identities::read(&mut client).expect("the catalog is readable");
        let mut rows = Vec::new();
        for table in identities.tables() {
            let label = format!("{}.{}", table.name.0, table.name.1);
            let quoted = format!("\"{}\".\"{}\"", table.name.0, table.name.1);
            // A foreign table has no rows to lose and nobody to ask.
            if let Ok(Some(found)) = Rows::read(&mut client, &quoted) {
                rows.push((label, found));
            }
        }
        let reading = read(database).expect("the schema was readable a moment ago");
        Self {
            reading,
            dump: dump_of(database),
            identities,
            rows,
        }
    }

    fn lost(&self, case: &Case, wanted: &Self, after: &Self) -> Vec<String> {
        let renamed = |name: &str| renamed(case, name);
        let kept = self.identities.kept_by_name(&wanted.identities, renamed);
        let mut losses = self.identities.losses(&kept, &after.identities);
        for (table, rows) in &self.rows {
            let found =
                renamed(table).and_then(|new| after.rows.iter().find(|(label, _)| *label == new));
            let Some((_, found)) = found else { continue };
            let kept = rows.without(|column| renamed(&format!("{table}.{column}")).is_none());
            let new_name = |column: &str| {
                let new = renamed(&format!("{table}.{column}")).unwrap_or_default();
                new.rsplit('.').next().unwrap_or_default().to_owned()
            };
            let targets = wanted
                .rows
                .iter()
                .find(|(label, _)| Some(label) == renamed(table).as_ref());
            let kept = kept
                .without(|column| targets.is_some_and(|(_, rows)| !rows.has(&new_name(column))));
            losses.extend(kept.lost(found, new_name));
        }
        losses
    }
}

/// The name that a table or column should bear, `None` where its data may go.
fn renamed(case: &Case, name: &str) -> Option<String> {
    let full = |short: &str| -> String {
        let parts = name.split('.').count();
        if short.split('.').count() < parts {
            format!("public.{short}")
        } else {
            short.to_owned()
        }
    };
    if case.loses.iter().any(|lost| full(lost) == name) {
        return None;
    }
    let pairs = case.rename.iter().chain(&case.keeps);
    let told = pairs.filter(|(old, new)| full(old) == name && depth(old) == depth(new));
    let new = told.map(|(_, new)| full(new)).next();
    Some(new.unwrap_or_else(|| name.to_owned()))
}

fn depth(name: &str) -> usize {
    name.split('.').count()
}
