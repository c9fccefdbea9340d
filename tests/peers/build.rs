//! The revisions of `start-ours`.

fn main() {
    build_support::build::migrations("../../examples/service/migrations");
}
