// SPDX-License-Identifier: Apache-2.0
#include "inference/model/low_rank.h"

#include <utility>

namespace inference {

LowRank::LowRank(torch::Tensor down, torch::Tensor up) : down_(std::move(down)), up_(std::move(up)) {
    TORCH_CHECK(down_.dim() == 2 && up_.dim() == 2 && down_.size(0) == up_.size(1), "low rank: the matrices ", down_.sizes(), " and ", up_.sizes(),
                " do not meet");
}

void LowRank::add_to(torch::Tensor& y, const torch::Tensor& x, std::int64_t rows) const {
    if (empty() || rows == 0) return;
    y.narrow(0, 0, rows).addmm_(at::mm(x.narrow(0, 0, rows), down_.t()), up_.t());
}

}  // namespace inference
