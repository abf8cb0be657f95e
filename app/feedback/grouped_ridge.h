// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Dense>

#include <vector>

namespace app {

/// Rows of a linear problem y = row . w + offset of its group + noise, as GroupedRidge takes them.
struct RidgeRows {
    Eigen::MatrixXd rows;       ///< (n, d); a constant column, where wanted, is one of them
    Eigen::VectorXd targets;    ///< (n)
    Eigen::VectorXd weights;    ///< (n), 0 to 1
    std::vector<int> groups;    ///< (n); what is left out together. Equal groups need not stand together
    std::vector<bool> shifted;  ///< (n); whether the group's offset is in this row (in a difference of two it is not)
};

/// Ridge regression for all penalties at once, with a random offset for each group and exact leave-one-group-out residuals.
///
/// The offset b_g ~ N(0, ratio x noise) is integrated out: a group's covariance I + ratio 11' has the inverse root
/// I - (1 - 1 / sqrt(1 + n ratio)) 11'/n, so rows and targets lose a part of their group's mean and plain ridge remains. One
/// eigendecomposition of the normal matrix then serves every penalty; leaving group g out is an update with the block H_gg of the hat matrix.
class GroupedRidge {
public:
    GroupedRidge(const RidgeRows& problem, double offset_ratio);

    struct LeftOut {
        Eigen::VectorXd predictions;  ///< (n) of each row by the model that did not see its group, offsets at their mean of 0
        double squared_error = 0.0;   ///< weighted, of those
        double noise = 0.0;           ///< variance left in the offset-free rows
    };
    LeftOut leaveGroupsOut(const Eigen::VectorXd& targets, double penalty) const;

    /// The same squared errors for many columns of targets: (columns).
    Eigen::VectorXd leftOutErrors(const Eigen::MatrixXd& targets, double penalty) const;

    Eigen::VectorXd solve(const Eigen::VectorXd& targets, double penalty) const;  ///< w
    Eigen::MatrixXd inverse(double penalty) const;                                ///< (rows'rows + penalty I)^-1

private:
    Eigen::MatrixXd transformed(const Eigen::MatrixXd& values) const;

    std::vector<std::vector<Eigen::Index>> members_;  ///< row numbers of each group
    std::vector<bool> shifted_;
    double offset_ratio_;
    Eigen::VectorXd weights_;
    Eigen::VectorXd root_weights_;
    Eigen::MatrixXd directions_;   ///< V
    Eigen::VectorXd eigenvalues_;  ///< of rows'rows
    Eigen::MatrixXd rotated_;      ///< transformed rows x V
    Eigen::MatrixXd plain_;        ///< rows x V
};

}  // namespace app
