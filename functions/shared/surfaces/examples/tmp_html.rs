//! tmp
#[path = "../src/samples.rs"]
mod samples;
fn main(){ let (d,l)=samples::civil(200); for _ in 0..2000 { std::hint::black_box(surfaces::html::fragment(&d,&l,domain::civil::Tongue::En)); } }
