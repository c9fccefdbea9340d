//! `rebase`: moves revisions that are not applied after another head.

use std::path::{Path, PathBuf};

use build_support::{
    Exit,
    engine::View,
    graph::{Graph, Node, NodeSet, symbol::Symbols, walk::Along},
    revision::{Layout, Revision, RevisionId},
};
use clap::Args;
use serde_json::json;

use crate::{
    author,
    cli::revision_name,
    context::Context,
    failure::{Failure, Outcome},
    relocate::{self, Renamed},
    term::{Format, NAME},
};

/// Move revisions that are not applied after another head: a new id, a new `revises`
///
/// What stands on the revision moves with it. An applied revision never moves.
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  cargo migrate rebase 20261122201530\n  cargo migrate rebase add_phone --onto billing@head"
)]
pub struct RebaseArgs {
    /// The first revision to move
    #[arg(value_name = "REV", value_parser = revision_name, allow_negative_numbers = true)]
    pub revision: String,
    /// What it shall follow; else the only other head
    #[arg(long, value_name = "REV", value_parser = revision_name)]
    pub onto: Option<String>,
}

/// Moves, and prints the new ids.
pub fn run(args: &RebaseArgs, context: &mut Context) -> Outcome {
    let graph = context.graph()?;
    let applied = applied(graph, context)?;
    let plan = Plan::new(args, graph, &applied)?;
    let renamed = plan.new_ids(graph, context)?;
    let steps = plan.steps(graph, &renamed)?;
    for step in &steps {
        step.perform()?;
    }
    context.reload();
    tell(&steps, context);
    context.graph()?;
    Ok(Exit::Done)
}

/// Our revisions that the database has; where no database is named, nothing is known.
fn applied(graph: &Graph, context: &Context) -> Result<NodeSet, Failure> {
    if !context.has_address()? {
        context
            .term
            .warn("no database is given, so nobody checks that these are not applied");
        return Ok(NodeSet::default());
    }
    let state = context.read_state(&mut context.connect()?)?;
    let view = View::new(graph, &state);
    let known = view
        .applied
        .iter()
        .filter_map(|node| graph.find(view.graph.id(node)));
    Ok(known.collect())
}

/// What moves, in the order of the graph, and what it then follows.
struct Plan {
    first: Node,
    onto: Node,
    moving: Vec<Node>,
}

impl Plan {
    fn new(args: &RebaseArgs, graph: &Graph, applied: &NodeSet) -> Result<Self, Failure> {
        let symbols = Symbols::offline(graph);
        let first = symbols.revision(&args.revision)?;
        if applied.contains(first) {
            let id = graph.id(first);
            return Err(Failure::user(format!("revision `{id}` is applied, so it can't move"))
                .hint(format!("run `cargo migrate down` to below it first, or rebase the other line onto `{id}`")));
        }
        let above = graph.descendants([first], Along::Needs);
        let pending: NodeSet = above
            .iter()
            .filter(|&node| !applied.contains(node))
            .collect();
        let onto = match &args.onto {
            Some(name) => symbols.revision(name)?,
            None => only_other_head(graph, first, &pending)?,
        };
        // What the new parent itself stands on stays where it is.
        let below = graph.ancestors([onto], Along::Needs);
        let moving =
            |node: &Node| *node == first || (pending.contains(*node) && !below.contains(*node));
        if onto == first {
            return Err(Failure::user("a revision can't follow itself"));
        }
        let order = graph.order_up(&graph.heads(), &NodeSet::default());
        Ok(Self {
            first,
            onto,
            moving: order.into_iter().filter(moving).collect(),
        })
    }

    /// A new id for each, in the order of the graph.
    fn new_ids(&self, graph: &Graph, context: &Context) -> Result<Renamed, Failure> {
        let mut taken: Vec<RevisionId> = graph.nodes().map(|node| graph.id(node).clone()).collect();
        let mut renamed = Renamed::new();
        for &node in &self.moving {
            let id = author::next_id(&taken, context)?;
            taken.push(id.clone());
            renamed.insert(graph.id(node).to_string(), id);
        }
        Ok(renamed)
    }

    fn steps(&self, graph: &Graph, renamed: &Renamed) -> Result<Vec<Step>, Failure> {
        self.moving
            .iter()
            .map(|&node| self.step(node, graph, renamed))
            .collect()
    }

    fn step(&self, node: Node, graph: &Graph, renamed: &Renamed) -> Result<Step, Failure> {
        let revision = graph.revision(node);
        let new_name = |id: &RevisionId| renamed.get(id.as_str()).unwrap_or(id).clone();
        let parents: Vec<RevisionId> = match node == self.first {
            true => vec![graph.id(self.onto).clone()],
            false => graph
                .parents(node)
                .iter()
                .map(|&parent| new_name(graph.id(parent)))
                .collect(),
        };
        let text = fs_err::read_to_string(revision.path())?;
        let text = relocate::rewritten(&text, revision, (&parents, renamed));
        let id = new_name(&revision.id);
        let to = |path: &Path| {
            relocate::moved(path, &revision.id, &id)
                .ok_or_else(|| Failure::fault(format!("`{}` does not show its id", path.display())))
        };
        let down = match &revision.down {
            Some(down) => Some((down.path.clone(), to(&down.path)?)),
            None => None,
        };
        let up = (revision.path().to_owned(), to(revision.path())?);
        Ok(Step {
            from: revision.clone(),
            id,
            up,
            down,
            text,
        })
    }
}

fn only_other_head(graph: &Graph, first: Node, pending: &NodeSet) -> Result<Node, Failure> {
    let staying: NodeSet = graph
        .nodes()
        .filter(|&node| !pending.contains(node))
        .collect();
    let heads = graph.heads_of(&staying);
    let parents = graph.parents(first);
    let others: Vec<Node> = heads
        .iter()
        .copied()
        .filter(|node| !parents.contains(node))
        .collect();
    match (others.as_slice(), heads.as_slice()) {
        ([only], _) | ([], [only]) if !parents.contains(only) => Ok(*only),
        ([], _) => Err(Failure::user("there is no other head to move it after")
            .hint("name what it shall follow: `--onto REV`")),
        (several, _) => {
            let failure = Failure::user(format!("there are {} other heads", several.len()));
            Err(several.iter().fold(failure, |failure, &node| {
                failure.hint(format!("pass `--onto {}`", graph.id(node)))
            }))
        }
    }
}

/// One revision on its way: old and new paths, and the new text of its up file.
struct Step {
    from: Revision,
    id: RevisionId,
    up: (PathBuf, PathBuf),
    down: Option<(PathBuf, PathBuf)>,
    text: String,
}

impl Step {
    fn perform(&self) -> Result<(), Failure> {
        let (from, to) = &self.up;
        if self.from.layout == Layout::Diesel {
            // The folder carries the id, and all that is in it goes along.
            if let (Some(from), Some(to)) = (from.parent(), to.parent()) {
                fs_err::rename(from, to)?;
            }
        } else {
            fs_err::rename(from, to)?;
            if let Some((from, to)) = &self.down {
                fs_err::rename(from, to)?;
            }
        }
        Ok(fs_err::write(to, &self.text)?)
    }
}

fn tell(steps: &[Step], context: &Context) {
    if context.term.format() == Format::Json {
        let moved: Vec<_> = steps
            .iter()
            .map(|step| {
                let down = step.down.as_ref().map(|(_, to)| to);
                let files: Vec<String> = [Some(&step.up.1), down]
                    .into_iter()
                    .flatten()
                    .map(|path| context.shown(path).display().to_string())
                    .collect();
                json!({ "from": step.from.id.as_str(), "to": step.id.as_str(), "files": files })
            })
            .collect();
        return context.term.json(&json!({ "moved": moved }));
    }
    for step in steps {
        let (old, id) = (&step.from.id, &step.id);
        context.term.data(context.shown(&step.up.1).display());
        context
            .term
            .say(format_args!("moved {old} to {NAME}{id}{NAME:#}"));
    }
}
