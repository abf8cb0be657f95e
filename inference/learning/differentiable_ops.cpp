// SPDX-License-Identifier: Apache-2.0
#include "inference/learning/differentiable_ops.h"

#include <torch/csrc/autograd/custom_function.h>

namespace inference::differentiable {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/// (rows, D) as (G, rows / G, D) for constants of G rows.
Tensor in_groups(const Tensor& x, const Tensor& constants) { return x.view({constants.size(0), -1, x.size(-1)}); }

/// d/dx of x / sqrt(mean(x^2) + eps), float32. @param g  the gradient with respect to it.
Tensor normalised_backward(const Tensor& g, const Tensor& x, double eps) {
    const auto r = at::rsqrt(x.square().mean(-1, true) + eps);
    return r * (g - x * (r.square() * (g * x).mean(-1, true)));
}

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

class RmsNorm : public Function<RmsNorm> {
public:
    static Tensor forward(AutogradContext* context, const Tensor& x, const InputNorm& norm, double eps, torch::ScalarType dtype) {
        context->save_for_backward({x});
        context->saved_data["scale"] = norm.scale;
        context->saved_data["modulated"] = norm.modulation.scale.defined();
        if (norm.modulation.scale.defined()) context->saved_data["modulation"] = norm.modulation.scale;
        context->saved_data["eps"] = eps;
        return inference::rms_norm(x, norm, eps, dtype);
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto x = context->get_saved_variables()[0];
        auto g = gradients[0].to(torch::kFloat32) * context->saved_data["scale"].toTensor();
        if (context->saved_data["modulated"].toBool()) {
            const auto modulation = context->saved_data["modulation"].toTensor();
            g = (in_groups(g, modulation) * (modulation.unsqueeze(1) + 1.0)).view_as(g);
        }
        return {normalised_backward(g, x, context->saved_data["eps"].toDouble()), {}, {}, {}};
    }
};

class AddNorm : public Function<AddNorm> {
public:
    static Tensor forward(AutogradContext* context, const Tensor& x, const Tensor& y, const OutputNorm& post, double eps) {
        context->save_for_backward({y});
        context->saved_data["normed"] = post.scale.defined();
        if (post.scale.defined()) context->saved_data["scale"] = post.scale;
        context->saved_data["gated"] = post.gate.defined();
        if (post.gate.defined()) context->saved_data["gate"] = post.gate;
        context->saved_data["eps"] = eps;
        auto sum = x.clone();
        inference::add_norm(sum, y, post, InputNorm{}, eps);
        return sum;
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto y = context->get_saved_variables()[0];
        const auto& dx = gradients[0];
        auto g = dx;
        if (context->saved_data["gated"].toBool()) {
            const auto gate = context->saved_data["gate"].toTensor();
            g = (in_groups(g, gate) * gate.unsqueeze(1)).view_as(dx);
        }
        if (context->saved_data["normed"].toBool()) {
            const auto scaled = g * context->saved_data["scale"].toTensor();
            g = normalised_backward(scaled, y.to(torch::kFloat32), context->saved_data["eps"].toDouble());
        }
        return {dx, g.to(y.scalar_type()), {}, {}};
    }
};

class GeluMul : public Function<GeluMul> {
public:
    static Tensor forward(AutogradContext* context, const Tensor& gate_up) {
        context->save_for_backward({gate_up});
        return inference::gelu_mul(gate_up);
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto gate_up = context->get_saved_variables()[0];
        const auto halves = gate_up.to(torch::kFloat32).chunk(2, -1);
        const auto g = gradients[0].to(torch::kFloat32);
        const auto gate = at::gelu_backward(g * halves[1], halves[0], "tanh");
        return {at::cat({gate, g * at::gelu(halves[0], "tanh")}, -1).to(gate_up.scalar_type())};
    }
};

/// x (B, N, heads, d) float32 turned by the tables' angles, or back.
Tensor turned(const Tensor& x, const Tensor& cosine, const Tensor& sine) {
    const auto halves = x.chunk(2, -1);
    return at::cat({halves[0] * cosine - halves[1] * sine, halves[1] * cosine + halves[0] * sine}, -1);
}

/// What heads are normalised and turned by: constants, of which the scale may be undefined.
struct HeadConstants {
    Tensor scale, cosine, sine;
};

class NormRotate : public Function<NormRotate> {
public:
    static Tensor forward(AutogradContext* context, const Tensor& x, const HeadConstants& constants, double eps) {
        const auto& [scale, cosine, sine] = constants;
        context->save_for_backward({x});
        context->saved_data["normed"] = scale.defined();
        if (scale.defined()) context->saved_data["scale"] = scale;
        context->saved_data["cosine"] = cosine;
        context->saved_data["sine"] = sine;
        context->saved_data["eps"] = eps;
        auto y = x.to(torch::kFloat32);
        if (scale.defined()) y = y * at::rsqrt(y.square().mean(-1, true) + eps) * scale;
        return turned(y, cosine, sine).to(x.scalar_type());
    }

    static variable_list backward(AutogradContext* context, const variable_list& gradients) {
        const auto x = context->get_saved_variables()[0];
        auto g = turned(gradients[0].to(torch::kFloat32), context->saved_data["cosine"].toTensor(), -context->saved_data["sine"].toTensor());
        if (context->saved_data["normed"].toBool()) {
            g = normalised_backward(g * context->saved_data["scale"].toTensor(), x.to(torch::kFloat32), context->saved_data["eps"].toDouble());
        }
        return {g.to(x.scalar_type()), {}, {}};
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

Tensor rms_norm(const Tensor& x, const InputNorm& norm, double eps, torch::ScalarType dtype) { return RmsNorm::apply(x, norm, eps, dtype); }

Tensor add_norm(const Tensor& x, const Tensor& y, const OutputNorm& post, double eps) { return AddNorm::apply(x, y, post, eps); }

Tensor gelu_mul(const Tensor& gate_up) { return GeluMul::apply(gate_up); }

Tensor norm_rotate(const Tensor& x, const Tensor& scale, const RotaryTable& rotary, double eps) {
    return NormRotate::apply(x, HeadConstants{scale, rotary.cosine.unsqueeze(2), rotary.sine.unsqueeze(2)}, eps);
}

}  // namespace inference::differentiable
