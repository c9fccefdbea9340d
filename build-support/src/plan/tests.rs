//! The behaviour of the graph as Alembic's users know it, case by case, and on random graphs.

use proptest::prelude::*;

use super::*;
use crate::{
    graph::{GraphError, SymbolError, symbol::Symbols},
    revision::{Direction, Revision},
    sketch::{Sketch, revisions},
};

/// A graph, what is applied in it, and what a user asks for.
struct Case {
    graph: Graph,
    applied: NodeSet,
}

fn graph(sketch: &str) -> Graph {
    Graph::new(revisions(sketch)).expect("a sound graph")
}

fn case(sketch: &str, heads: &[&str]) -> Case {
    let graph = graph(sketch);
    let heads: Vec<Node> = heads.iter().map(|slug| node(&graph, slug)).collect();
    let applied = graph.ancestors(heads, Along::Needs);
    Case { graph, applied }
}

fn node(graph: &Graph, slug: &str) -> Node {
    graph
        .nodes()
        .find(|&n| graph.revision(n).slug == slug)
        .expect("a revision of that slug")
}

fn slugs(graph: &Graph, nodes: impl IntoIterator<Item = Node>) -> String {
    let slugs: Vec<&str> = nodes
        .into_iter()
        .map(|n| graph.revision(n).slug.as_str())
        .collect();
    slugs.join(" ")
}

impl Case {
    fn targets(&self, texts: &[&str], direction: Direction) -> Result<Vec<Target>, SymbolError> {
        let symbols = Symbols::new(&self.graph, &self.applied);
        let mut targets = Vec::new();
        for text in texts {
            targets.extend(symbols.steps(text, direction)?);
        }
        Ok(targets)
    }

    fn heads(&self, applied: &NodeSet) -> String {
        slugs(&self.graph, self.graph.heads_of(applied))
    }

    /// `order => heads`, or the error.
    fn up(&self, texts: &[&str]) -> String {
        let targets = match self.targets(texts, Direction::Up) {
            Ok(targets) => targets,
            Err(error) => return format!("error: {error}"),
        };
        match up(&self.graph, &self.applied, &targets) {
            Err(error) => format!("error: {error}"),
            Ok(order) => {
                let mut applied = self.applied.clone();
                applied.extend(order.iter().copied());
                format!("{} => {}", slugs(&self.graph, order), self.heads(&applied))
            }
        }
    }

    fn down(&self, text: &str) -> String {
        let targets = match self.targets(&[text], Direction::Down) {
            Ok(targets) => targets,
            Err(error) => return format!("error: {error}"),
        };
        match down(&self.graph, &self.applied, targets[0]) {
            Err(error) => format!("error: {error}"),
            Ok(order) => {
                let mut applied = self.applied.clone();
                order.iter().for_each(|&node| applied.remove(node));
                format!("{} => {}", slugs(&self.graph, order), self.heads(&applied))
            }
        }
    }

    fn stamp(&self, texts: &[&str]) -> String {
        let symbols = Symbols::new(&self.graph, &self.applied);
        let targets: Vec<Target> = texts
            .iter()
            .flat_map(|text| symbols.targets(text).expect("a symbol"))
            .collect();
        self.heads(&stamp(&self.graph, &self.applied, &targets))
    }

    fn resolve(&self, text: &str) -> String {
        match Symbols::new(&self.graph, &self.applied).targets(text) {
            Err(error) => format!("error: {error}"),
            Ok(targets) => {
                let name = |target: &Target| {
                    target
                        .point
                        .map_or("base", |n| self.graph.revision(n).slug.as_str())
                };
                targets.iter().map(name).collect::<Vec<_>>().join(" ")
            }
        }
    }
}

const LINE: &str = "a b<a c<b d<c e<d";
const FORK: &str = "a b<a c1<b:c1branch d1<c1 c2<b:c2branch d2<c2";
const MERGED: &str = "a b<a c1<b:c1branch d1<c1 c2<b:c2branch d2<c2 e<d1,d2 f<e";

#[test]
fn an_empty_folder_has_no_heads_and_nothing_to_do() {
    let empty = case("", &[]);
    assert_eq!(empty.up(&["head"]), " => ");
    assert_eq!(empty.resolve("heads"), "");
    assert_eq!(empty.resolve("base"), "base");
}

#[test]
fn head_of_two_heads_names_both_and_the_ways_out() {
    let fork = case("a b<a c1<b c2<b", &[]);
    let symbols = Symbols::new(&fork.graph, &fork.applied);
    let error = symbols.targets("head").expect_err("two heads");
    insta::assert_snapshot!(crate::Diagnose::diagnose(&error), @r"
    error: `head` is ambiguous, there are 2 heads: `3` (c1), `4` (c2)
    hint: use `3@head` for that line
    hint: use `4@head` for that line
    hint: use `heads` for all of them
    hint: run `cargo migrate merge` to join them by a merge revision
    hint: run `cargo migrate rebase 4` to move that line after the other
    ");
    assert_eq!(fork.resolve("heads"), "c1 c2");
}

#[test]
fn a_label_that_two_heads_share_is_no_way_to_tell_them_apart() {
    let line = case("a:accounts b<a c<a d<c:side", &[]);
    let symbols = Symbols::new(&line.graph, &line.applied);
    let error = symbols.targets("head").expect_err("two heads");
    let hints = crate::Diagnose::diagnose(&error).hints;
    assert_eq!(hints[0], "use `2@head` for that line");
    assert_eq!(hints[1], "use `side@head` for that line");
}

#[test]
fn prefixes_resolve_inside_a_line_and_are_ambiguous_outside() {
    let two = case(
        "a:abranch b<a somelongername<b c<somelongername d e<d:ebranch someothername<e f<someothername",
        &[],
    );
    assert_eq!(
        two.resolve("some"),
        "error: `some` is ambiguous: `3` (somelongername), `7` (someothername)"
    );
    assert_eq!(two.resolve("ebranch@some"), "someothername");
    assert_eq!(two.resolve("abranch@some"), "somelongername");
    assert_eq!(two.resolve("zzz"), "error: no revision matches `zzz`");
    assert_eq!(two.resolve("abranch"), "a");
    assert_eq!(two.resolve("abranch@head"), "c");
    assert_eq!(two.resolve("abranch@heads"), "c");
    assert_eq!(two.resolve("abranch@base"), "base");
    assert_eq!(two.resolve("ebranch@ebranch"), "e");
    assert_eq!(two.resolve("e@d"), "d");
    assert_eq!(two.resolve("someoth@d"), "d");
    assert_eq!(
        two.resolve("ebranch@b"),
        "error: revision `2` is not a member of the line of `6`"
    );
    assert_eq!(
        two.resolve("x@d"),
        "error: no such branch: `x` is neither a label nor a revision"
    );
}

#[test]
fn the_line_of_a_head_begins_above_what_others_stand_on() {
    let start = |sketch: &str, head: &str| {
        let graph = graph(sketch);
        let start = graph.own_line_start(node(&graph, head));
        start.map(|node| graph.revision(node).slug.clone())
    };
    assert_eq!(start(FORK, "d2").as_deref(), Some("c2"));
    assert_eq!(start("a x y<x", "y").as_deref(), Some("x"));
    assert_eq!(start("a b<a c<a d<a m<c,d", "m"), None);
}

#[test]
fn an_exact_name_wins_over_a_prefix_and_a_step() {
    let names = case("user_foo user<user_foo fix-1<user fix<fix-1", &[]);
    assert_eq!(names.resolve("user"), "user");
    assert_eq!(names.resolve("fix-1"), "fix-1");
    assert_eq!(names.resolve("fix-2"), "user");
    assert_eq!(names.resolve("1"), "user_foo");
}

#[test]
fn labels_spread_up_the_line_and_down_to_the_fork() {
    let fork = graph(FORK);
    let carriers = |graph: &Graph, label: &str| {
        slugs(
            graph,
            graph.nodes().filter(|&n| graph.labels(n).contains(label)),
        )
    };
    assert_eq!(carriers(&fork, "c1branch"), "c1 d1");
    assert_eq!(carriers(&fork, "c2branch"), "c2 d2");
    assert_eq!(carriers(&graph("a b<a c<b:line d<c"), "line"), "a b c d");
}

#[test]
fn what_can_not_be_ordered_is_named() {
    let errors = |sketch: &str| {
        let errors = Graph::new(revisions(sketch)).expect_err("no graph");
        errors
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; ")
    };
    assert_eq!(errors("a<a"), "revision `1` revises itself");
    assert_eq!(errors("a b<a+b"), "revision `2` depends on itself");
    let cycle = "the revisions `1`, `2`, `3` form a cycle: each follows another of them";
    assert_eq!(errors("a<c b<a c<b"), cycle);
    assert_eq!(errors("a<c b<a c<b d e<d"), cycle);
    assert_eq!(
        errors("a<c b<a c<b d<c e<d"),
        "the revisions `1`, `2`, `3`, `4`, `5` form a cycle: each follows another of them"
    );
    assert_eq!(
        errors("a+c b<a c<b"),
        "the revisions `1`, `2`, `3` form a cycle through their dependencies"
    );
    assert_eq!(
        errors("a+c b<a c<b d e<d"),
        "the revisions `1`, `2`, `3` form a cycle through their dependencies"
    );
    assert_eq!(
        errors("a+c b<a c<b d<c e<d"),
        "the revisions `1`, `2`, `3`, `4`, `5` form a cycle through their dependencies"
    );
    assert_eq!(
        errors("a b<a c<x"),
        "revision `3` revises `x`, which does not exist"
    );
    assert_eq!(
        errors("a b<a+nowhere"),
        "revision `2` depends on `nowhere`, which is neither a revision nor a label"
    );
    assert_eq!(
        errors("a:l b<a:l"),
        "label `l` is declared by both `1` and `2`"
    );
}

#[test]
fn two_spellings_of_one_number_clash() {
    let mut clash: Vec<Revision> = revisions("a b<a");
    clash[1].id = "01".parse().expect("an id");
    let errors = Graph::new(clash).expect_err("a clash");
    assert!(
        matches!(errors[0], GraphError::DuplicateId { .. }),
        "{errors:?}"
    );
}

#[test]
fn heads_that_a_dependency_implies_are_not_effective() {
    let sketch = "t1 t2<t1 t3<t2 a3 a4<a3 q3 q4<q3+t3 q5<q4";
    let deps = case(sketch, &[]);
    assert_eq!(slugs(&deps.graph, deps.graph.heads()), "t3 a4 q5");
    assert_eq!(slugs(&deps.graph, deps.graph.effective_heads()), "a4 q5");
    assert_eq!(deps.up(&["heads"]), "t1 t2 t3 a3 a4 q3 q4 q5 => a4 q5");
    let more = case(&format!("{sketch} t4<t3"), &["q5", "a4"]);
    assert_eq!(more.up(&["heads"]), "t4 => a4 q5 t4");
}

#[test]
fn a_dependency_that_the_line_implies_adds_no_head() {
    let implied = case("a1 a2<a1 a3<a2 b1 b2<b1+a3 b3<b2 b4<b3+a3", &[]);
    assert_eq!(implied.up(&["heads"]), "a1 a2 a3 b1 b2 b3 b4 => b4");
    let applied = case("a1 a2<a1 a3<a2 b1 b2<b1+a3 b3<b2 b4<b3+a3", &["b4"]);
    assert_eq!(applied.down("b3"), "b4 => b3");
    assert_eq!(applied.down("a2"), "b4 b3 b2 a3 => a2 b1");
    assert_eq!(case("a b<a+a", &[]).up(&["head"]), "a b => b");
    assert_eq!(case("a b<a+a", &["b"]).down("-1"), "b => a");
}

#[test]
fn up_applies_what_a_target_needs_and_lacks() {
    assert_eq!(case(LINE, &["c"]).up(&["e"]), "d e => e");
    assert_eq!(case(LINE, &[]).up(&["c"]), "a b c => c");
    assert_eq!(case(LINE, &["e"]).up(&["c"]), " => e");
    assert_eq!(case(LINE, &["a"]).up(&["+2"]), "b c => c");
    assert_eq!(case(LINE, &["b"]).up(&["+3"]), "c d e => e");
    assert_eq!(case(LINE, &["a"]).up(&["b+2"]), "b c d => d");
    assert_eq!(case(LINE, &["a"]).up(&["d-2"]), "b => b");
    assert_eq!(case(LINE, &[]).up(&["+1"]), "a => a");
    assert_eq!(case(LINE, &[]).up(&["base+1"]), "a => a");
    assert_eq!(
        case(LINE, &["b"]).up(&["-2"]),
        "error: `-2` is no target of `up`"
    );
    assert_eq!(
        case(LINE, &["b"]).up(&["+5"]),
        "error: `+5` goes too far: only 3 steps are possible"
    );
}

#[test]
fn up_keeps_branches_contiguous_and_apart() {
    assert_eq!(case(FORK, &["b"]).up(&["d1"]), "c1 d1 => d1");
    assert_eq!(
        case(FORK, &["a"]).up(&["d1", "d2"]),
        "b c1 d1 c2 d2 => d1 d2"
    );
    assert_eq!(case(FORK, &["b"]).up(&["c2branch@head-1"]), "c2 => c2");
    assert_eq!(case(FORK, &["c1"]).up(&["c2branch@+1"]), "c2 => c1 c2");
    assert_eq!(
        case(FORK, &["c1", "c2"]).up(&["c2branch@+1"]),
        "d2 => c1 d2"
    );
    assert_eq!(
        case(FORK, &["c1", "c2"]).up(&["+1"]),
        "error: `+1` could mean several lines: `3` (c1), `5` (c2)"
    );
    assert_eq!(case(MERGED, &["b"]).up(&["f"]), "c1 d1 c2 d2 e f => f");
}

#[test]
fn up_refuses_targets_that_overlap_but_not_the_same_one_twice() {
    assert_eq!(
        case(LINE, &[]).up(&["b", "d"]),
        "error: the targets overlap: `2` is an ancestor of `4`"
    );
    assert_eq!(case(LINE, &[]).up(&["b", "b"]), "a b => b");
}

#[test]
fn down_reverts_all_above_the_target() {
    assert_eq!(case(LINE, &["e"]).down("c"), "e d => c");
    assert_eq!(case(LINE, &["c"]).down("base"), "c b a => ");
    assert_eq!(case(LINE, &["c"]).down("-1"), "c => b");
    assert_eq!(case(LINE, &["e"]).down("-3"), "e d c => b");
    assert_eq!(case(LINE, &["d"]).down("a+2"), "d => c");
    assert_eq!(case(LINE, &["d"]).down("c-2"), "d c b => a");
    assert_eq!(case(LINE, &["a"]).down("-1"), "a => ");
}

#[test]
fn down_refuses_what_is_not_applied_and_does_nothing_where_it_is_already() {
    let starts = |text: String, with: &str| assert!(text.starts_with(with), "{text}");
    starts(case(LINE, &["b"]).down("-5"), "error: `-5` goes too far");
    starts(
        case(LINE, &["b"]).down("+2"),
        "error: `+2` is no target of `down`",
    );
    starts(
        case(LINE, &["b"]).down("c"),
        "error: revision `3` is not applied",
    );
    starts(case(LINE, &[]).down("-1"), "error: `-1` goes too far");
    starts(
        case(LINE, &[]).down("b"),
        "error: revision `2` is not applied",
    );
    assert_eq!(case(LINE, &["a"]).down("a"), " => a");
    assert_eq!(case(LINE, &["e"]).down("e"), " => e");
    assert_eq!(case(LINE, &[]).down("base"), " => ");
}

#[test]
fn down_on_a_fork_follows_the_line_that_is_named() {
    let both = || case(FORK, &["d1", "d2"]);
    assert_eq!(both().down("a"), "d2 c2 d1 c1 b => a");
    assert_eq!(both().down("base+2"), "d2 c2 d1 c1 => b");
    assert_eq!(both().down("c2branch@base+2"), "d2 c2 => d1");
    assert_eq!(both().down("c2branch@base+3"), "d2 => d1 c2");
    assert_eq!(both().down("c2"), "d2 => d1 c2");
    assert_eq!(both().down("c1branch@-1"), "d1 => c1 d2");
    assert_eq!(both().down("c1branch@head-1"), "d1 => c1 d2");
    assert_eq!(both().down("c2@b"), "d2 c2 => d1");
    assert_eq!(both().down("d1@b"), "d1 c1 => d2");
    assert_eq!(both().down("c2branch@base"), "d2 c2 => d1");
    let uneven = || case(FORK, &["c1", "d2"]);
    assert_eq!(uneven().down("c1branch@b"), "c1 => d2");
    assert_eq!(uneven().down("c2branch@b"), "d2 c2 => c1");
    assert_eq!(uneven().down("d2-1"), "d2 => c1 c2");
    assert_eq!(
        both().down("-1"),
        "error: `-1` could mean several lines: `4` (d1), `6` (d2)"
    );
}

#[test]
fn down_takes_the_newest_first_where_the_order_is_free() {
    let sketch = "a x y<x b<a";
    assert_eq!(case(sketch, &["b", "y"]).down("base"), "b y x a => ");
}

#[test]
fn one_step_below_a_merge_reverts_the_merge_alone_and_is_no_place_to_go_up_to() {
    assert_eq!(case(MERGED, &["f"]).down("-2"), "f e => d1 d2");
    assert_eq!(case(MERGED, &["e"]).down("c2branch@-1"), "e => d1 d2");
    let several = "could mean several lines: `4` (d1), `6` (d2)";
    assert_eq!(
        case(MERGED, &[]).up(&["e-1"]),
        format!("error: `e-1` {several}")
    );
    // One of what it merges stands on the other: below that one more than the merge would go.
    let spliced = "a b<a m<a,b";
    assert_eq!(case(spliced, &["m"]).down("-1"), "m => b");
    // Both have something else above them, so no place below reverts the merge alone.
    let unclear = "a b x<a y<b m<a,b+x,y";
    assert_eq!(
        case(&unclear.replace("x,y", "x"), &["m", "y"]).down("m-1"),
        "error: `m-1` could mean several lines: `1` (a), `2` (b)"
    );
}

#[test]
fn a_bare_step_is_a_symbol_wherever_the_database_is_known() {
    assert_eq!(case(LINE, &["c"]).stamp(&["-1"]), "b");
    assert_eq!(case(LINE, &["c"]).stamp(&["+2"]), "e");
    let graph = graph(LINE);
    let error = Symbols::offline(&graph)
        .targets("+1")
        .expect_err("no database");
    assert_eq!(
        error.to_string(),
        "`+1` needs a database: without one nothing is current"
    );
}

#[test]
fn dependencies_that_are_implied_or_equal_to_the_parent_add_nothing() {
    let sketch = "a1 a2<a1 a3<a2 b1 b2<b1+a3 b3<b2 b4<b3+a3 c<b4+b4";
    let case = case(sketch, &[]);
    assert_eq!(case.up(&["b4"]), "a1 a2 a3 b1 b2 b3 b4 => b4");
    assert_eq!(case.up(&["c"]), "a1 a2 a3 b1 b2 b3 b4 c => c");
    assert!(case.graph.depends_on(node(&case.graph, "c")).is_empty());
}

#[test]
fn down_leaves_what_only_depends_on_the_target_and_takes_what_depends_on_what_goes() {
    let sketch = "a b<a c<b x+b y<x+c";
    assert_eq!(case(sketch, &["c", "y"]).down("b"), "y c => x");
    assert_eq!(case(sketch, &["c", "y"]).down("a"), "y x c b => a");
}

#[test]
fn stamp_moves_the_heads_that_are_related_to_the_target() {
    assert_eq!(case(FORK, &["d1", "c2"]).stamp(&["b"]), "b");
    assert_eq!(case(FORK, &["d1", "c2"]).stamp(&["c1branch@base"]), "c2");
    assert_eq!(case(FORK, &["d1", "c2"]).stamp(&["c2branch@head"]), "d1 d2");
    assert_eq!(case(MERGED, &["e"]).stamp(&["c2"]), "c2");
    assert_eq!(case(MERGED, &["e"]).stamp(&["a"]), "a");
    assert_eq!(case(MERGED, &["d1", "c2"]).stamp(&["e"]), "e");
    assert_eq!(case(MERGED, &["b"]).stamp(&["e"]), "e");
    assert_eq!(case(MERGED, &["e"]).stamp(&["base"]), "");
}

#[test]
fn ranges_take_both_ends_and_clamp_their_steps() {
    let line = case(LINE, &["d"]);
    let range = |text: &str| {
        let symbols = Symbols::new(&line.graph, &line.applied);
        match symbols.range(text) {
            Ok(range) => slugs(&line.graph, symbols.within(&range).iter()),
            Err(error) => format!("error: {error}"),
        }
    };
    assert_eq!(range("b:d"), "b c d");
    assert_eq!(range("b:"), "b c d e");
    assert_eq!(range(":c"), "a b c");
    assert_eq!(range("-3:current"), "b c d");
    assert_eq!(range("b:+2"), "b c d");
    assert_eq!(range("-30:current"), "a b c d");
    assert_eq!(range("d:b"), "error: the range `d:b` is reversed");
    assert_eq!(range("d:base"), "error: the range `d:base` is reversed");
}

#[test]
fn ranges_guess_no_line() {
    let fork = case(FORK, &["d1", "d2"]);
    let range = |text: &str| {
        let symbols = Symbols::new(&fork.graph, &fork.applied);
        match symbols.range(text) {
            Ok(range) => slugs(&fork.graph, symbols.within(&range).iter()),
            Err(error) => format!("error: {error}"),
        }
    };
    assert_eq!(range("a:+1"), "a b");
    let several = "could mean several lines: `3` (c1), `5` (c2)";
    assert_eq!(range("a:+2"), format!("error: `a+2` {several}"));
    assert_eq!(range("c1branch@a:+2"), "a b c1");
    assert_eq!(range("-2:c1branch@current"), "c1 d1");
    assert_eq!(range("-2:"), "c1 d1 c2 d2");
    assert_eq!(
        range("d1:d2"),
        "error: the ends of the range `d1:d2` are on two lines"
    );
    assert_eq!(range("c1:heads"), "c1 d1");
}

#[test]
fn a_pending_revision_below_an_applied_one_is_out_of_order() {
    let line = case(LINE, &["c"]);
    let mut applied = line.applied.clone();
    applied.remove(node(&line.graph, "b"));
    let found = out_of_order(&line.graph, &applied);
    assert_eq!(found, [(node(&line.graph, "b"), node(&line.graph, "c"))]);
    assert!(out_of_order(&line.graph, &line.applied).is_empty());
}

#[test]
fn a_line_of_ten_thousand_revisions_does_not_exhaust_the_stack() {
    let mut sketch = String::from("r0");
    for number in 1..10_000 {
        sketch.push_str(&format!(" r{number}<r{}", number - 1));
    }
    let long = graph(&sketch);
    let targets = Symbols::offline(&long).targets("head").expect("one head");
    assert_eq!(
        up(&long, &NodeSet::default(), &targets)
            .expect("a plan")
            .len(),
        10_000
    );
}

fn random_graph() -> impl Strategy<Value = Sketch> {
    prop::collection::vec(
        (
            prop::collection::vec(any::<prop::sample::Index>(), 0..3),
            any::<Option<prop::sample::Index>>(),
        ),
        1..24,
    )
    .prop_map(|nodes| Sketch::random(&nodes, prop::sample::Index::index))
}

proptest! {
    #[test]
    fn any_up_order_respects_parents_and_dependencies(sketch in random_graph(), pick in any::<prop::sample::Index>()) {
        let graph = Graph::new(sketch.revisions()).expect("a sound graph");
        let target = Node(pick.index(graph.len()));
        let order = up(&graph, &NodeSet::default(), &[Target::node(target)]).expect("a plan");
        let mut done = NodeSet::default();
        for node in order {
            for need in graph.parents(node).iter().chain(graph.depends_on(node)) {
                prop_assert!(done.contains(*need), "{need:?} comes after {node:?}");
            }
            prop_assert!(done.insert(node));
        }
        prop_assert_eq!(done, graph.ancestors([target], Along::Needs));
    }

    #[test]
    fn up_then_down_gives_the_first_state_back(sketch in random_graph(), first in any::<prop::sample::Index>(), second in any::<prop::sample::Index>()) {
        let graph = Graph::new(sketch.revisions()).expect("a sound graph");
        let before = graph.ancestors([Node(first.index(graph.len()))], Along::Needs);
        let target = Target::node(Node(second.index(graph.len())));
        let added = up(&graph, &before, &[target]).expect("a plan");
        let mut after = before.clone();
        after.extend(added.iter().copied());
        prop_assert!(out_of_order(&graph, &after).is_empty());
        let mut back = after.clone();
        for node in added.iter().rev() {
            let above = graph.descendants([*node], Along::Needs);
            prop_assert!(above.iter().all(|other| other == *node || !back.contains(other)));
            back.remove(*node);
        }
        prop_assert_eq!(back.iter().collect::<Vec<_>>(), before.iter().collect::<Vec<_>>());
        let all = down(&graph, &after, Target::BASE).expect("a plan");
        prop_assert_eq!(all.len(), after.len());
        let mut left = after;
        for node in all {
            let above = graph.descendants([node], Along::Needs);
            prop_assert!(above.iter().all(|other| other == node || !left.contains(other)));
            left.remove(node);
        }
    }
}
