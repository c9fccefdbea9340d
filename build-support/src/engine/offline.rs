//! A script of what an operation would send, without sending it.
//!
//! It is the engine's own text: the same transactions, lock, guards and history rows. Each
//! transaction checks that the database is in the state that the one before left, so that a script
//! for another state, or run a second time, stops before it changes anything.

use super::{Answer, Engine, EngineError, Event, Next, Operation, Options, Step, transaction::row};
use crate::{
    graph::{Graph, Node, NodeSet},
    history::{Entry, State},
    revision::{Direction, RevisionId},
};

/// The text of an operation on a database in this state; `None` is one without a history.
///
/// It is plain SQL for `psql -v ON_ERROR_STOP=1`.
///
/// # Errors
/// As the operation itself, before its first statement.
pub fn script(
    graph: &Graph,
    options: &Options,
    operation: Operation,
    state: Option<State>,
) -> Result<String, EngineError> {
    let mut engine = Engine::offline(graph, options, operation, state);
    let mut text = String::new();
    let mut answer = Answer::Done;
    loop {
        answer = match engine.resume(answer) {
            Next::Over(result) => return result.map(|_| text),
            Next::Step(Step::Script(sql)) => {
                text.push_str(sql.trim_end());
                text.push_str(if sql.trim_end().ends_with(';') {
                    "\n\n"
                } else {
                    ";\n\n"
                });
                Answer::Script(Ok(()))
            }
            // The engine refuses code where no driver has it.
            Next::Step(Step::Code(_)) => Answer::Code(Ok(())),
            Next::Step(Step::Read(_)) => Answer::Read(Ok(Vec::new())),
            Next::Step(Step::Event(Event::Started { step, .. })) => {
                let what = match step.direction {
                    Direction::Up => "Apply",
                    Direction::Down => "Revert",
                };
                text.push_str(&format!("-- {what} {} ({}).\n", step.id, step.slug));
                Answer::Done
            }
            Next::Step(Step::Event(_) | Step::Wait(_)) => Answer::Done,
        };
    }
}

/// The state of a database that has exactly these revisions, as our files are now.
pub fn assume(graph: &Graph, applied: &NodeSet) -> State {
    let ids = |nodes: &[Node]| -> Vec<RevisionId> {
        nodes.iter().map(|&node| graph.id(node).clone()).collect()
    };
    let mut state = State::default();
    for node in applied.iter() {
        let (parents, needs) = (ids(graph.parents(node)), ids(graph.depends_on(node)));
        let entry = Entry {
            revision: graph.revision(node),
            parents: &parents.iter().collect::<Vec<_>>(),
            depends_on: &needs.iter().collect::<Vec<_>>(),
            replaces: graph.replaced_by(graph.id(node)),
            application: "",
            known: false,
        };
        let row = row(&entry, Default::default());
        state.applied.insert(row.id.clone(), row);
    }
    let digests = state.computed();
    (state.digest, state.revisions_digest) = (digests.whole, digests.revisions);
    state
}
