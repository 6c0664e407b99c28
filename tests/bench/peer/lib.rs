//! What Millrace's own endpoints compute, as a Python extension in Rust: a
//! thousand rounds of arithmetic on each number, and a sum of two squares.
use pyo3::prelude::*;

const ROUNDS: u32 = 1000;
const PRIME: i64 = 1_000_000_007;

fn rounds(number: i64) -> i64 {
    (0..ROUNDS).fold(number, |n, _| n.wrapping_add(1).wrapping_mul(2) % PRIME)
}

#[pyfunction]
fn process_numbers_rust(numbers: Vec<i64>) -> Vec<i64> {
    numbers.into_iter().map(rounds).collect()
}

#[pyfunction]
fn sum_squares_rust(a: i64, b: i64) -> i64 {
    a * a + b * b
}

#[pymodule]
fn bench_peer(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(process_numbers_rust, module)?)?;
    module.add_function(wrap_pyfunction!(sum_squares_rust, module)?)
}
