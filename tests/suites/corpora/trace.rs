//! `lint --trace` runs histories that nobody here wrote, and looks at each of their revisions.

use migrate_tests::harness::{Project, server};

use super::{CORPORA, corpora};

#[test]
fn every_revision_of_a_real_history_is_traced() {
    let Some(folder) = corpora() else { return };
    for corpus in CORPORA {
        let project = Project::new().with("MIGRATE_SCRATCH_URL", server().url("postgres"));
        let dir = folder.join(corpus.name);
        let dir = dir.to_str().expect("UTF-8");
        let lint = ["lint", "--all", "--trace", "--format", "json", "--dir", dir];
        let output = project.cargo_migrate(&lint);
        assert!(
            matches!(output.status, Some(0 | 3)),
            "{}: {output}",
            corpus.name
        );
        let answer = output.json();
        let trace = answer["trace"].as_array().expect("a list");
        assert_eq!(trace.len(), corpus.revisions, "{}", corpus.name);
        let statements = trace.iter().filter_map(|one| one["statements"].as_array());
        let locks = statements
            .flatten()
            .filter_map(|one| one["locks"].as_array());
        assert!(locks.flatten().count() > 100, "{}", corpus.name);
    }
}
