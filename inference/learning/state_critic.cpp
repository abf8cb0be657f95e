// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/state_critic.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>

#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_solve.h>

namespace inference {
namespace {

using torch::Tensor;

constexpr double least_deviation = 1e-6;
constexpr double penalties[] = {0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0};  ///< over the mean of the kernel's diagonal

std::vector<Tensor> rows_of_groups(const std::vector<int>& groups) {
    std::map<int, std::vector<std::int64_t>> rows;
    for (std::size_t i = 0; i < groups.size(); ++i) rows[groups[i]].push_back(static_cast<std::int64_t>(i));
    std::vector<Tensor> result;
    std::vector<std::int64_t> alone;
    for (const auto& [group, members] : rows) {
        if (members.size() > 1) result.push_back(torch::tensor(members));
        else alone.push_back(members.front());
    }
    if (!alone.empty()) result.push_back(torch::tensor(alone));
    return result;
}

/// Squared error over left-out groups, in closed form: a group's residual without it is (I - H_gg)^-1 times the one with it.
double left_out_error(const Tensor& hat, const Tensor& y, const std::vector<Tensor>& groups) {
    const auto residual = y - hat.mv(y);
    double sum = 0.0;
    for (const auto& rows : groups) {
        const auto own = hat.index_select(0, rows).index_select(1, rows);
        const auto open = at::eye(rows.size(0), own.options()) * (1.0 + 1e-9) - own;
        sum += at::linalg_solve(open, residual.index_select(0, rows)).square().sum().item<double>();
    }
    return sum;
}

}  // namespace

StateCritic StateCritic::fit(const Tensor& states, const std::vector<double>& desirabilities, const std::vector<int>& groups) {
    auto x = states.to(torch::kFloat64, /*non_blocking=*/false, /*copy=*/true);
    auto y = torch::tensor(desirabilities, torch::kFloat64);
    const auto members = rows_of_groups(groups);
    for (const auto& rows : members) {
        const auto own = x.index_select(0, rows);
        x.index_copy_(0, rows, own - own.mean(0, true));
        const auto wanted = y.index_select(0, rows);
        y.index_copy_(0, rows, wanted - wanted.mean());
    }
    const auto deviation = x.square().mean(0).sqrt().clamp_min(least_deviation);
    x.div_(deviation);
    const auto [values, vectors] = at::linalg_eigh(x.mm(x.t()), "L");
    const double scale = std::max(least_deviation, values.clamp_min(0.0).mean().item<double>());

    double least = -1.0, chosen = penalties[0];
    for (const double penalty : penalties) {
        const auto shrunk = values.clamp_min(0.0) / (values.clamp_min(0.0) + penalty * scale);
        const double error = left_out_error(vectors.mul(shrunk).mm(vectors.t()), y, members);
        if (least < 0.0 || error < least) {
            least = error;
            chosen = penalty;
        }
    }
    const auto dual = vectors.mv(vectors.t().mv(y) / (values.clamp_min(0.0) + chosen * scale));
    const auto slope = x.t().mv(dual);
    const double spread = x.mv(slope).square().mean().sqrt().item<double>();
    StateCritic critic;
    critic.slope_ = (slope / deviation / std::max(spread, least_deviation)).to(torch::kFloat32);
    return critic;
}

}  // namespace inference
