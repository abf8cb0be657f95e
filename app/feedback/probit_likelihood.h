// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Dense>

#include <vector>

namespace app {

/// What was seen of one utility t = row . w + offset of its group: that t plus standard normal noise lies between two limits.
/// Stars are ordered probit between cut points, a pick lies above one limit, a duel is the difference of two utilities over sqrt 2 outside or
/// (equal) inside a band around 0.
struct IntervalObservation {
    int lower = -1;  ///< index into the limits; -1: no bound
    int upper = -1;
    int group = 0;
    bool shifted = true;  ///< whether the group's offset is in t
    double weight = 1.0;
};

struct IntervalProblem {
    Eigen::MatrixXd rows;  ///< (n, d)
    std::vector<IntervalObservation> observations;
    std::vector<double> limits;        ///< prior means; in order wherever two bound one observation
    std::vector<bool> limits_learned;  ///< the others stay where they are
    int groups = 0;
    double weight_precision = 1.0;  ///< prior w ~ N(0, 1 / weight_precision)
    double offset_precision = 4.0;
    double limit_precision = 1.0;
};

/// The posterior's mode and the inverse Hessian there (Laplace).
struct IntervalPosterior {
    Eigen::VectorXd weights;
    Eigen::MatrixXd covariance;  ///< of the weights
    std::vector<double> limits;
    double offset_variance = 0.0;
    bool converged = false;
};

/// Newton's method with step halving; the problem is log-concave, so the mode is the only one. The offsets, which may be many, are
/// eliminated (their block of the Hessian is diagonal).
IntervalPosterior maximisePosterior(const IntervalProblem& problem);

/// Distribution function of the standard normal.
double normalBelow(double value);

}  // namespace app
