// SPDX-License-Identifier: Apache-2.0
#include "inference/model/linear.h"

#include <optional>
#include <string_view>
#include <utility>

#include <ATen/core/dispatch/Dispatcher.h>

namespace inference {
namespace {

// The operators with which torch.compile's own CPU backend runs its linear layers; they are reached by name because no header declares them.
using PackWeight = torch::Tensor(const torch::Tensor& weight, std::optional<int64_t> batch_size);
using LinearPointwise = torch::Tensor(const torch::Tensor& x, const torch::Tensor& packed, const std::optional<torch::Tensor>& bias,
                                      c10::string_view attr, c10::List<std::optional<at::Scalar>> scalars, std::optional<c10::string_view> algorithm);

template <typename Signature> std::optional<c10::TypedOperatorHandle<Signature>> find_operator(const char* name) {
    const auto schema = c10::Dispatcher::singleton().findSchema({name, ""});
    if (!schema) return std::nullopt;
    return schema->typed<Signature>();
}

const auto& pack_weight() {
    static const auto handle = find_operator<PackWeight>("mkldnn::_reorder_linear_weight");
    return handle;
}

const auto& linear_pointwise() {
    static const auto handle = find_operator<LinearPointwise>("mkldnn::_linear_pointwise");
    return handle;
}

}  // namespace

Linear::Linear(torch::Tensor weight, std::int64_t expected_rows, torch::Tensor bias) :
    bias_(std::move(bias)), in_(weight.size(1)), out_(weight.size(0)) {
    const bool packable = weight.is_cpu() && weight.scalar_type() == torch::kBFloat16 && expected_rows > 0 && pack_weight() && linear_pointwise();
    if (packable) packed_ = pack_weight()->call(weight, expected_rows);
    else weight_ = std::move(weight);
}

Linear::Linear(Int8Matrix weight, torch::Tensor bias) :
    narrow_(std::move(weight)), bias_(std::move(bias)), in_(narrow_.in_features()), out_(narrow_.out_features()) {}

torch::Tensor Linear::operator()(const torch::Tensor& x) const {
    if (narrow_.defined()) return bias_.defined() ? narrow_(x).add_(bias_) : narrow_(x);
    const std::optional<torch::Tensor> bias = bias_.defined() ? std::optional(bias_) : std::nullopt;
    if (!packed_.defined()) return at::linear(x, weight_, bias);
    return linear_pointwise()->call(x, packed_, bias, "none", c10::List<std::optional<at::Scalar>>(), std::nullopt);
}

torch::Tensor Linear::weight() const { return packed_.defined() ? packed_.to_dense() : weight_; }

}  // namespace inference
