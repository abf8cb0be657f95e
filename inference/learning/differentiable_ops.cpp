// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/differentiable_ops.h"

#include <utility>

#include <torch/csrc/autograd/custom_function.h>

#include "inference/kernels/fused_backward.h"

namespace inference::differentiable {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

class AdaptedLinear : public Function<AdaptedLinear> {
public:
    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& down, const Tensor& up, const FrozenLinear* frozen) {
        auto y = frozen->forward(x);
        const auto h = at::mm(x, down.t());
        y.addmm_(h, up.t());
        context->save_for_backward({x, h, down, up});
        context->saved_data["frozen"] = reinterpret_cast<std::int64_t>(frozen);
        return y;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &h = saved[1], &down = saved[2], &up = saved[3];
        const auto* const frozen = reinterpret_cast<const FrozenLinear*>(context->saved_data["frozen"].toInt());
        const auto dy = gradients[0].contiguous();
        auto dx = frozen->backward(dy);
        const auto dh = at::mm(dy, up);
        dx.addmm_(dh, down);
        return {dx, at::mm(dh.t(), x), at::mm(dy.t(), h), {}};
    }
};

class FrozenProduct : public Function<FrozenProduct> {
public:
    static Tensor forward(AutogradContext* context, const Tensor& x, const FrozenLinear* frozen) {
        context->saved_data["frozen"] = reinterpret_cast<std::int64_t>(frozen);
        return frozen->forward(x);
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto* const frozen = reinterpret_cast<const FrozenLinear*>(context->saved_data["frozen"].toInt());
        return {frozen->backward(gradients[0].contiguous()), {}};
    }
};

/// What an operation needs on its way back beside what autograd saves: constants, which have no derivative.
template <typename Constants> class Kept final : public torch::CustomClassHolder {
public:
    explicit Kept(Constants constants) : constants_(std::move(constants)) {}
    const Constants& operator*() const { return constants_; }

private:
    Constants constants_;
};
template <typename Constants> void keep(AutogradContext* context, Constants constants) {
    context->saved_data["constants"] = c10::IValue::make_capsule(c10::make_intrusive<Kept<Constants>>(std::move(constants)));
}
template <typename Constants> const Constants& kept(AutogradContext* context) {
    return **static_cast<const Kept<Constants>*>(context->saved_data["constants"].toCapsule().get());
}

struct NormConstants {
    InputNorm norm;
    double eps;
};

class RmsNorm : public Function<RmsNorm> {
public:
    static Tensor forward(AutogradContext* context, const Tensor& x, const NormConstants& constants, torch::ScalarType dtype) {
        context->save_for_backward({x});
        keep(context, constants);
        return inference::rms_norm(x, constants.norm, constants.eps, dtype);
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto& [norm, eps] = kept<NormConstants>(context);
        return {rms_norm_backward(gradients[0].contiguous(), context->get_saved_variables()[0], norm, eps), {}, {}};
    }
};

struct SumConstants {
    OutputNorm post;
    double eps;
};

class AddNorm : public Function<AddNorm> {
public:
    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& y, const SumConstants& constants) {
        context->save_for_backward({y});
        keep(context, constants);
        auto sum = x.clone();
        inference::add_norm(sum, y, constants.post, InputNorm{}, constants.eps);
        return sum;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto& [post, eps] = kept<SumConstants>(context);
        return {gradients[0], add_norm_backward(gradients[0].contiguous(), context->get_saved_variables()[0], post, eps), {}};
    }
};

class GeluMul : public Function<GeluMul> {
public:
    static Tensor forward(AutogradContext* context, const Tensor& gate_up) {
        context->save_for_backward({gate_up});
        return inference::gelu_mul(gate_up);
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        return {gelu_mul_backward(gradients[0].contiguous(), context->get_saved_variables()[0])};
    }
};

struct HeadConstants {
    Tensor q_scale, k_scale;
    RotaryTable rotary;
    std::int64_t heads;
    KeyValues room;
    double eps;
};

class NormRotate : public Function<NormRotate> {
public:
    static variable_list forward(AutogradContext* context, const Tensor& qkv, const HeadConstants& c) {
        context->save_for_backward({qkv});
        KeyValues kv{c.room.keys.clone(), c.room.values.clone()};
        const auto queries = inference::norm_rotate(qkv, c.q_scale, c.k_scale, c.rotary, kv.keys.size(0), c.heads, kv, c.eps);
        auto constants = c;
        constants.room = {};
        keep(context, std::move(constants));
        return {queries, kv.keys, kv.values};
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto& c = kept<HeadConstants>(context);
        return {norm_rotate_backward(gradients[0].contiguous(), gradients[1].contiguous(), gradients[2].contiguous(),
                                     context->get_saved_variables()[0], c.q_scale, c.k_scale, c.rotary, c.heads, c.eps),
                {}};
    }
};

}  // namespace

FrozenLinear::FrozenLinear(const Linear& linear, std::int64_t rows, bool keep_transposed) : linear_(&linear) {
    if (!linear.packed() || !keep_transposed) return;
    transposed_ = Linear(linear.weight().t().contiguous(), rows);
    bytes_ = linear.in_features() * linear.out_features() * static_cast<std::int64_t>(sizeof(c10::BFloat16));  // what is packed is bfloat16
}

Tensor FrozenLinear::backward(const Tensor& dy) const { return bytes_ > 0 ? transposed_(dy) : at::mm(dy, linear_->weight()); }

Tensor adapted_linear(const Tensor& x, const Tensor& down, const Tensor& up, const FrozenLinear& frozen) {
    return down.defined() ? AdaptedLinear::apply(x, down, up, &frozen) : FrozenProduct::apply(x, &frozen);
}

Tensor rms_norm(const Tensor& x, const InputNorm& norm, double eps, torch::ScalarType dtype) {
    return RmsNorm::apply(x, NormConstants{norm, eps}, dtype);
}

Tensor add_norm(const Tensor& x, const Tensor& y, const OutputNorm& post, double eps) { return AddNorm::apply(x, y, SumConstants{post, eps}); }

Tensor gelu_mul(const Tensor& gate_up) { return GeluMul::apply(gate_up); }

Heads norm_rotate(const Tensor& qkv, const Tensor& q_scale, const Tensor& k_scale, const RotaryTable& rotary, std::int64_t heads,
                  const KeyValues& room, double eps) {
    const auto parts = NormRotate::apply(qkv, HeadConstants{q_scale, k_scale, rotary, heads, room, eps});
    return {parts[0], parts[1], parts[2]};
}

}  // namespace inference::differentiable
