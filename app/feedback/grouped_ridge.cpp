// SPDX-License-Identifier: Apache-2.0
#include "app/feedback/grouped_ridge.h"

#include <cmath>
#include <map>

namespace app {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

GroupedRidge::GroupedRidge(const RidgeRows& problem, double offset_ratio) :
    shifted_(problem.shifted), offset_ratio_(offset_ratio), weights_(problem.weights), root_weights_(problem.weights.cwiseSqrt()) {
    std::map<int, std::vector<Index>> by_group;
    for (std::size_t i = 0; i < problem.groups.size(); ++i) by_group[problem.groups[i]].push_back(static_cast<Index>(i));
    for (auto& [group, rows] : by_group) members_.push_back(std::move(rows));
    const MatrixXd rows = transformed(problem.rows);
    const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(rows.transpose() * rows);
    directions_ = solver.eigenvectors();
    eigenvalues_ = solver.eigenvalues().cwiseMax(0.0);
    rotated_ = rows * directions_;
    plain_ = problem.rows * directions_;
}

/// Weighted, and without the part of each group's mean that its offset may explain.
MatrixXd GroupedRidge::transformed(const MatrixXd& values) const {
    MatrixXd out = root_weights_.asDiagonal() * values;
    for (const auto& rows : members_) {
        // With weights the offset's column is sqrt(w_i) instead of 1.
        double mass = 0.0;
        Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(values.cols());
        for (const Index i : rows) {
            if (!shifted_[static_cast<std::size_t>(i)]) continue;
            mass += weights_[i];
            sum += root_weights_[i] * out.row(i);
        }
        if (mass <= 0.0) continue;
        const double part = 1.0 - 1.0 / std::sqrt(1.0 + mass * offset_ratio_);
        for (const Index i : rows) {
            if (shifted_[static_cast<std::size_t>(i)]) out.row(i) -= part / mass * root_weights_[i] * sum;
        }
    }
    return out;
}

GroupedRidge::LeftOut GroupedRidge::leaveGroupsOut(const VectorXd& targets, double penalty) const {
    const VectorXd y = transformed(targets);
    const VectorXd shrink = (eigenvalues_.array() + penalty).inverse();
    const VectorXd projected = rotated_.transpose() * y;
    const VectorXd residuals = y - rotated_ * shrink.cwiseProduct(projected);
    LeftOut out;
    out.predictions.resize(targets.size());
    double noise = 0.0;
    for (const auto& rows : members_) {
        const auto z = rotated_(rows, Eigen::all).eval();
        MatrixXd block = -z * shrink.asDiagonal() * z.transpose();
        block.diagonal().array() += 1.0;
        const VectorXd left_out = block.ldlt().solve(residuals(rows).eval());
        const VectorXd coefficients = shrink.cwiseProduct(projected - z.transpose() * left_out);
        out.predictions(rows) = plain_(rows, Eigen::all) * coefficients;
        noise += left_out.squaredNorm();
    }
    out.squared_error = (targets - out.predictions).array().square().matrix().dot(weights_);
    out.noise = noise / std::max(weights_.sum(), 1.0);
    return out;
}

VectorXd GroupedRidge::leftOutErrors(const MatrixXd& targets, double penalty) const {
    const MatrixXd y = transformed(targets);
    const VectorXd shrink = (eigenvalues_.array() + penalty).inverse();
    const MatrixXd projected = rotated_.transpose() * y;
    const MatrixXd residuals = y - rotated_ * (shrink.asDiagonal() * projected);
    VectorXd errors = VectorXd::Zero(targets.cols());
    for (const auto& rows : members_) {
        const auto z = rotated_(rows, Eigen::all).eval();
        const auto plain = plain_(rows, Eigen::all).eval();
        MatrixXd block = -z * shrink.asDiagonal() * z.transpose();
        block.diagonal().array() += 1.0;
        const MatrixXd left_out = block.ldlt().solve(residuals(rows, Eigen::all).eval());
        const MatrixXd predictions = plain * (shrink.asDiagonal() * (projected - z.transpose() * left_out));
        errors +=
            ((targets(rows, Eigen::all) - predictions).array().square().colwise() * weights_(rows).array()).colwise().sum().matrix().transpose();
    }
    return errors;
}

VectorXd GroupedRidge::solve(const VectorXd& targets, double penalty) const {
    const VectorXd projected = rotated_.transpose() * transformed(targets).col(0);
    return directions_ * projected.cwiseQuotient((eigenvalues_.array() + penalty).matrix());
}

MatrixXd GroupedRidge::inverse(double penalty) const {
    return directions_ * (eigenvalues_.array() + penalty).inverse().matrix().asDiagonal() * directions_.transpose();
}

}  // namespace app
