// SPDX-License-Identifier: Apache-2.0
#pragma once

// What the kernels of each instruction set are written in: GCC's portable 16-float vector, one zmm register with AVX-512, two ymm with AVX2,
// four xmm else. Everything has internal linkage, since each set compiles its own. No library headers (see cpu_kernels.h).

#include "inference/kernels/cpu_kernels.h"

#ifdef __AVX512BF16__
#include <immintrin.h>
#endif

namespace inference::kernels {
namespace {

using std::int32_t;
using std::int64_t;
using std::uint16_t;
using std::uint32_t;

constexpr int64_t lanes = 16;
typedef float Floats __attribute__((vector_size(64)));
typedef int32_t Ints __attribute__((vector_size(64)));
typedef uint32_t Words __attribute__((vector_size(64)));
typedef uint16_t Halves __attribute__((vector_size(32)));
typedef float UnalignedFloats __attribute__((vector_size(64), aligned(4), may_alias));
typedef uint16_t UnalignedHalves __attribute__((vector_size(32), aligned(2), may_alias));

#define FUSELIGHT_INLINE inline __attribute__((always_inline))
#define FUSELIGHT_STRING2(x) #x
#define FUSELIGHT_STRING(x) FUSELIGHT_STRING2(x)
#define FUSELIGHT_JOIN2(a, b) a##b
#define FUSELIGHT_JOIN(a, b) FUSELIGHT_JOIN2(a, b)

struct F32 {
    using Storage = float;
    static constexpr Element element = Element::float32;
};
struct Bf16 {
    using Storage = uint16_t;
    static constexpr Element element = Element::bfloat16;
};

FUSELIGHT_INLINE Floats splat(float value) { return Floats{} + value; }

FUSELIGHT_INLINE Floats load(const float* p) { return *reinterpret_cast<const UnalignedFloats*>(p); }
FUSELIGHT_INLINE Floats load(const uint16_t* p) {
    const Halves halves = *reinterpret_cast<const UnalignedHalves*>(p);
    return reinterpret_cast<Floats>(__builtin_convertvector(halves, Words) << 16);
}
FUSELIGHT_INLINE void store(float* p, Floats value) { *reinterpret_cast<UnalignedFloats*>(p) = value; }
/// Rounds to the nearest even bfloat16.
FUSELIGHT_INLINE Halves to_bfloat16(Floats value) {
#ifdef __AVX512BF16__
    return reinterpret_cast<Halves>(_mm512_cvtneps_pbh(reinterpret_cast<__m512>(value)));
#else
    const Words bits = reinterpret_cast<Words>(value);
    return __builtin_convertvector((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16, Halves);
#endif
}
FUSELIGHT_INLINE void store(uint16_t* p, Floats value) { *reinterpret_cast<UnalignedHalves*>(p) = to_bfloat16(value); }

FUSELIGHT_INLINE float load_one(const float* p) { return *p; }
FUSELIGHT_INLINE float load_one(const uint16_t* p) {
    const uint32_t bits = static_cast<uint32_t>(*p) << 16;
    float value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}
FUSELIGHT_INLINE void store_one(float* p, float value) { *p = value; }
FUSELIGHT_INLINE void store_one(uint16_t* p, float value) {
    uint32_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    *p = static_cast<uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

FUSELIGHT_INLINE float sum(Floats v) {
    float total = 0;
    for (int i = 0; i < 8; ++i) total += v[i] + v[i + 8];
    return total;
}
FUSELIGHT_INLINE float largest(Floats v) {
    float best = v[0];
    for (int i = 1; i < lanes; ++i) best = v[i] > best ? v[i] : best;
    return best;
}
FUSELIGHT_INLINE Floats max(Floats a, Floats b) { return a > b ? a : b; }
FUSELIGHT_INLINE Floats min(Floats a, Floats b) { return a < b ? a : b; }

/// e^x to about 2 units in the last place; inputs are clamped to where float32 can hold the result.
/// Range reduction x = n ln 2 + r and Cephes' degree-5 polynomial (expf).
FUSELIGHT_INLINE Floats exponential(Floats x) {
    x = min(max(x, splat(-87.3f)), splat(88.3f));
    const Floats shifted = x * 1.44269504088896341f + 12582912.0f;  // 1.5 * 2^23: adding it rounds to a whole number
    const Ints n = reinterpret_cast<Ints>(shifted) - 0x4B400000;
    const Floats whole = shifted - 12582912.0f;
    const Floats r = x - whole * 0.693359375f + whole * 2.12194440e-4f;
    Floats p = splat(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    return p * reinterpret_cast<Floats>((n + 127) << 23);
}
FUSELIGHT_INLINE float exponential_one(float x) { return exponential(splat(x))[0]; }

FUSELIGHT_INLINE float reciprocal_root(float x) { return 1.0f / __builtin_sqrtf(x); }

/// 1 / sqrt(mean(x^2) + eps) of a row.
template <typename T> FUSELIGHT_INLINE float inverse_rms(const T* x, int64_t width, float eps) {
    Floats squares{};
    int64_t i = 0;
    for (; i + lanes <= width; i += lanes) {
        const Floats v = load(x + i);
        squares += v * v;
    }
    float total = sum(squares);
    for (; i < width; ++i) total += load_one(x + i) * load_one(x + i);
    return reciprocal_root(total / static_cast<float>(width) + eps);
}

}  // namespace
}  // namespace inference::kernels
