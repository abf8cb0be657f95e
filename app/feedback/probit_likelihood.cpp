// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/probit_likelihood.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace app {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

constexpr int max_steps = 40;
constexpr double tolerance = 1e-7;
constexpr double infinite = std::numeric_limits<double>::infinity();

double density(double value) { return std::isfinite(value) ? std::exp(-0.5 * value * value) / std::sqrt(2.0 * std::numbers::pi) : 0.0; }

/// log(Phi(upper) - Phi(lower)) and its derivatives.
struct IntervalTerm {
    double value = 0.0;
    double by_upper = 0.0;
    double by_lower = 0.0;
    double upper_upper = 0.0;
    double lower_lower = 0.0;
    double upper_lower = 0.0;
};

IntervalTerm intervalTerm(double lower, double upper) {
    IntervalTerm term;
    if (!(upper > lower)) {
        term.value = -infinite;
        return term;
    }
    // On the side where both tails are small: no cancellation.
    const bool right = lower > 0.0;
    const double mass = right ? normalBelow(-lower) - normalBelow(-upper) : normalBelow(upper) - normalBelow(lower);
    const double safe = std::max(mass, 1e-290);
    const double a = density(upper) / safe;
    const double b = density(lower) / safe;
    term.value = std::log(safe);
    term.by_upper = a;
    term.by_lower = -b;
    term.upper_upper = -(std::isfinite(upper) ? upper * a : 0.0) - a * a;
    term.lower_lower = (std::isfinite(lower) ? lower * b : 0.0) - b * b;
    term.upper_lower = a * b;
    return term;
}

struct Point {
    VectorXd weights, offsets, limits;
};

/// The log posterior around one point.
struct Expansion {
    double value = 0.0;
    VectorXd gradient;         ///< of (weights, limits)
    VectorXd offset_gradient;  ///< (groups)
    MatrixXd curvature;        ///< minus the Hessian of (weights, limits)
    MatrixXd cross;            ///< (weights and limits, groups)
    VectorXd offset_curvature;
};

VectorXd utilities(const IntervalProblem& problem, const Point& point) {
    VectorXd t = problem.rows * point.weights;
    for (std::size_t i = 0; i < problem.observations.size(); ++i) {
        const auto& seen = problem.observations[i];
        if (seen.shifted) t[static_cast<Index>(i)] += point.offsets[seen.group];
    }
    return t;
}

double bound(const VectorXd& limits, int index, double otherwise) { return index < 0 ? otherwise : limits[index]; }

double logPrior(const IntervalProblem& problem, const Point& point, const VectorXd& prior_limits) {
    return -0.5 * problem.weight_precision * point.weights.squaredNorm() - 0.5 * problem.offset_precision * point.offsets.squaredNorm() -
        0.5 * problem.limit_precision * (point.limits - prior_limits).squaredNorm();
}

double logPosterior(const IntervalProblem& problem, const Point& point, const VectorXd& prior_limits) {
    const VectorXd t = utilities(problem, point);
    double value = logPrior(problem, point, prior_limits);
    for (std::size_t i = 0; i < problem.observations.size(); ++i) {
        const auto& seen = problem.observations[i];
        const double here = t[static_cast<Index>(i)];
        value +=
            seen.weight * intervalTerm(bound(point.limits, seen.lower, -infinite) - here, bound(point.limits, seen.upper, infinite) - here).value;
    }
    return value;
}

Expansion expand(const IntervalProblem& problem, const Point& point, const VectorXd& prior_limits) {
    const Index d = problem.rows.cols();
    const auto num_limits = static_cast<Index>(problem.limits.size());
    const Index p = d + num_limits;
    Expansion out;
    out.value = logPrior(problem, point, prior_limits);
    out.gradient = VectorXd::Zero(p);
    out.gradient.head(d) = -problem.weight_precision * point.weights;
    out.gradient.tail(num_limits) = -problem.limit_precision * (point.limits - prior_limits);
    out.offset_gradient = -problem.offset_precision * point.offsets;
    out.curvature = MatrixXd::Zero(p, p);
    out.cross = MatrixXd::Zero(p, problem.groups);
    out.offset_curvature = VectorXd::Constant(problem.groups, problem.offset_precision);
    const VectorXd t = utilities(problem, point);
    VectorXd slope(t.size());
    VectorXd bend(t.size());
    for (std::size_t n = 0; n < problem.observations.size(); ++n) {
        const auto& seen = problem.observations[n];
        const auto i = static_cast<Index>(n);
        const IntervalTerm term = intervalTerm(bound(point.limits, seen.lower, -infinite) - t[i], bound(point.limits, seen.upper, infinite) - t[i]);
        const double weight = seen.weight;
        out.value += weight * term.value;
        slope[i] = -weight * (term.by_upper + term.by_lower);
        bend[i] = -weight * (term.upper_upper + term.lower_lower + 2.0 * term.upper_lower);
        const struct {
            int index;
            double slope;
            double own;
        } ends[] = {{seen.upper, term.by_upper, term.upper_upper}, {seen.lower, term.by_lower, term.lower_lower}};
        for (const auto& end : ends) {
            if (end.index < 0) continue;
            const Index column = d + end.index;
            const double mixed = weight * (end.own + term.upper_lower);  // of minus the Hessian between the limit and t
            out.gradient[column] += weight * end.slope;
            out.curvature(column, column) -= weight * end.own;
            out.curvature.col(column).head(d) += mixed * problem.rows.row(i).transpose();
            if (seen.shifted) out.cross(column, seen.group) += mixed;
        }
        if (seen.upper >= 0 && seen.lower >= 0) {
            out.curvature(d + seen.upper, d + seen.lower) -= weight * term.upper_lower;
            out.curvature(d + seen.lower, d + seen.upper) -= weight * term.upper_lower;
        }
        if (!seen.shifted) continue;
        out.offset_gradient[seen.group] += slope[i];
        out.offset_curvature[seen.group] += bend[i];
        out.cross.col(seen.group).head(d) += bend[i] * problem.rows.row(i).transpose();
    }
    out.gradient.head(d) += problem.rows.transpose() * slope;
    out.curvature.topLeftCorner(d, d) = problem.rows.transpose() * bend.asDiagonal() * problem.rows;
    out.curvature.diagonal().head(d).array() += problem.weight_precision;
    out.curvature.diagonal().tail(num_limits).array() += problem.limit_precision;
    out.curvature.bottomLeftCorner(num_limits, d) = out.curvature.topRightCorner(d, num_limits).transpose();
    for (Index k = 0; k < num_limits; ++k) {
        if (problem.limits_learned[static_cast<std::size_t>(k)]) continue;
        out.gradient[d + k] = 0.0;
        out.curvature.row(d + k).setZero();
        out.curvature.col(d + k).setZero();
        out.curvature(d + k, d + k) = 1.0;
        out.cross.row(d + k).setZero();
    }
    return out;
}

}  // namespace

double normalBelow(double value) { return 0.5 * std::erfc(-value / std::numbers::sqrt2); }

IntervalPosterior maximisePosterior(const IntervalProblem& problem) {
    const Index d = problem.rows.cols();
    const auto num_limits = static_cast<Index>(problem.limits.size());
    const VectorXd prior_limits = Eigen::Map<const VectorXd>(problem.limits.data(), num_limits);
    Point point{VectorXd::Zero(d), VectorXd::Zero(problem.groups), prior_limits};
    IntervalPosterior out;
    for (int step = 0; step < max_steps; ++step) {
        const Expansion here = expand(problem, point, prior_limits);
        const MatrixXd scaled = here.cross * here.offset_curvature.cwiseInverse().asDiagonal();
        const MatrixXd schur = here.curvature - scaled * here.cross.transpose();
        const Eigen::LDLT<MatrixXd> solver(schur);
        const VectorXd move = solver.solve(here.gradient - scaled * here.offset_gradient);
        const VectorXd offset_move = (here.offset_gradient - here.cross.transpose() * move).cwiseQuotient(here.offset_curvature);
        const double rise = here.gradient.dot(move) + here.offset_gradient.dot(offset_move);
        out.covariance = solver.solve(MatrixXd::Identity(d + num_limits, d + num_limits)).topLeftCorner(d, d);
        out.converged = rise < tolerance * static_cast<double>(1 + problem.observations.size());
        if (out.converged) break;
        double length = 1.0;
        Point next;
        for (; length > 1e-4; length *= 0.5) {
            next = {point.weights + length * move.head(d), point.offsets + length * offset_move, point.limits + length * move.tail(num_limits)};
            if (logPosterior(problem, next, prior_limits) > here.value) break;
        }
        if (length <= 1e-4) break;
        point = std::move(next);
    }
    out.weights = point.weights;
    out.limits.assign(point.limits.begin(), point.limits.end());
    out.offset_variance = 1.0 / problem.offset_precision;
    return out;
}

}  // namespace app
