//! Rebuilds the crate when a schema, a table or a list type changes: they are compiled in.

fn main() {
    println!("cargo::rerun-if-changed=../../../schemas");
}
