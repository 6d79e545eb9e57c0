//! Dot products, and the eigenvalues and eigenvectors of a small symmetric matrix by Jacobi's rotations.

/// Sweeps after which the matrix is diagonal to the last bit, with room to spare (some ten are needed).
const MAX_SWEEPS: usize = 50;

/// The dot product, up to the end of the shorter.
///
/// Eight sums side by side, added up at the end: a defined order that is not one long chain of additions.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let length = a.len().min(b.len());
    let (a_blocks, a_rest) = a[..length].as_chunks::<8>();
    let (b_blocks, b_rest) = b[..length].as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for (sum, (x, y)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += x * y;
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    sums.iter().sum::<f64>() + rest
}

/// A symmetric matrix taken apart: `matrix = vectors * diag(values) * vectors^T`.
pub(crate) struct Eigen {
    /// Eigenvalues.
    pub(crate) values: Vec<f64>,
    /// `vectors[i][j]` is coordinate `i` of the eigenvector of `values[j]`.
    pub(crate) vectors: Vec<Vec<f64>>,
}

/// Takes a symmetric matrix apart (C. Jacobi, 1846; as in G. Golub and C. Van Loan, "Matrix Computations",
/// section 8.5).
pub(crate) fn eigen(mut matrix: Vec<Vec<f64>>) -> Eigen {
    let n = matrix.len();
    let mut vectors: Vec<Vec<f64>> =
        (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for _ in 0..MAX_SWEEPS {
        let mut rotated = false;
        for p in 0..n {
            for q in p + 1..n {
                let off = matrix[p][q];
                if off.abs() <= f64::EPSILON * 1e-3 * (matrix[p][p].abs() * matrix[q][q].abs()).sqrt() {
                    continue;
                }
                rotated = true;
                let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * off);
                let t = theta.signum() / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                rotate(&mut matrix, &mut vectors, (p, q), (c, t * c));
            }
        }
        if !rotated {
            break;
        }
    }
    Eigen { values: (0..n).map(|i| matrix[i][i]).collect(), vectors }
}

/// Turns the plane of axes `p` and `q`, the first the lower, by the angle of this cosine and sine.
fn rotate(matrix: &mut [Vec<f64>], vectors: &mut [Vec<f64>], (p, q): (usize, usize), (c, s): (f64, f64)) {
    let turned = |x: f64, y: f64| (c * x - s * y, s * x + c * y);
    for row in matrix.iter_mut().chain(vectors) {
        (row[p], row[q]) = turned(row[p], row[q]);
    }
    let (above, below) = matrix.split_at_mut(q);
    for (x, y) in above[p].iter_mut().zip(&mut below[0]) {
        (*x, *y) = turned(*x, *y);
    }
}

#[cfg(test)]
mod tests {
    use wb_core::Rng;

    use super::*;

    #[test]
    fn the_parts_make_the_matrix_again() {
        let seed = 2;
        let mut rng = Rng::new(seed);
        for n in 1..8 {
            let half: Vec<Vec<f64>> = (0..n).map(|_| (0..n).map(|_| rng.uniform() - 0.5).collect()).collect();
            let matrix: Vec<Vec<f64>> = (0..n)
                .map(|i| (0..n).map(|j| (0..n).map(|k| half[i][k] * half[j][k]).sum()).collect())
                .collect();
            let Eigen { values, vectors } = eigen(matrix.clone());
            for i in 0..n {
                for j in 0..n {
                    let again: f64 = (0..n).map(|k| vectors[i][k] * values[k] * vectors[j][k]).sum();
                    assert!((again - matrix[i][j]).abs() < 1e-12, "seed {seed}, size {n}");
                }
            }
        }
    }

    #[test]
    fn a_dot_product_of_any_length_is_the_sum_of_the_products() {
        for n in 0..30_u8 {
            let a: Vec<f64> = (0..n).map(f64::from).collect();
            let sum: f64 = (0..n).map(|i| f64::from(i) * f64::from(i)).sum();
            assert!((dot(&a, &a) - sum).abs() < 1e-12, "{n}");
        }
    }

    #[test]
    fn two_by_two_is_as_by_hand() {
        let mut values = eigen(vec![vec![2.0, 1.0], vec![1.0, 2.0]]).values;
        values.sort_by(f64::total_cmp);
        assert!((values[0] - 1.0).abs() < 1e-14 && (values[1] - 3.0).abs() < 1e-14);
    }
}
