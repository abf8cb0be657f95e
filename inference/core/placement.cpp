// SPDX-License-Identifier: Apache-2.0
#include "inference/core/placement.h"

#include <dlfcn.h>

#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>

#include "inference/core/exception.h"
#include "inference/core/processor.h"

namespace inference {
namespace {

/// Loads libtorch's CUDA half, which registers itself, if it lies beside libtorch_cpu.so. One program serves both kinds of machine.
bool load_cuda_backend() {
    static const bool loaded = [] {
        Dl_info cpu{};
        // Any function that libtorch_cpu.so defines tells where that library lies.
        const auto* const symbol = reinterpret_cast<const void*>(&at::globalContext);
        if (dladdr(symbol, &cpu) == 0 || cpu.dli_fname == nullptr) return false;
        const std::string path(cpu.dli_fname);
        const auto slash = path.rfind('/');
        const std::string cuda = (slash == std::string::npos ? std::string() : path.substr(0, slash + 1)) + "libtorch_cuda.so";
        return dlopen(cuda.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr;
    }();
    return loaded;
}

int cuda_devices() {
    if (!load_cuda_backend() || !at::globalContext().hasCUDA()) return 0;
    return static_cast<int>(at::detail::getCUDAHooks().deviceCount());
}

/// -1: no CUDA device; otherwise the index that the name asks for.
int cuda_index(const std::string& name) {
    if (name == "cuda") return 0;
    const std::string digits = name.substr(5);
    if (digits.empty() || digits.size() > 3 || digits.find_first_not_of("0123456789") != std::string::npos) {
        fail(ErrorCode::invalid_request, "device is \"" + name + "\"; it must be auto, cpu, cuda or cuda:N");
    }
    return std::stoi(digits);
}

torch::Device choose_device(const std::string& name) {
    if (name == "cpu") return torch::kCPU;
    if (name == "auto" || name.empty()) return cuda_devices() > 0 ? torch::Device(torch::kCUDA, 0) : torch::Device(torch::kCPU);
    if (name != "cuda" && name.rfind("cuda:", 0) != 0) {
        fail(ErrorCode::invalid_request, "device is \"" + name + "\"; it must be auto, cpu, cuda or cuda:N");
    }
    const int index = cuda_index(name), count = cuda_devices();
    if (index >= count) {
        fail(ErrorCode::device_unavailable,
             name + " is not available: " +
                 (count == 0 ? std::string("no CUDA device or no CUDA libraries found") : std::to_string(count) + " CUDA devices found"));
    }
    return torch::Device(torch::kCUDA, static_cast<c10::DeviceIndex>(index));
}

}  // namespace

Placement choose_placement(const std::string& device, Dtype dtype) {
    Placement placement;
    placement.device = choose_device(device);
    const bool bfloat16 = dtype == Dtype::bfloat16 || (dtype == Dtype::automatic && (!placement.on_cpu() || Processor::current().has_bf16));
    placement.dtype = bfloat16 ? torch::kBFloat16 : torch::kFloat32;
    return placement;
}

const char* dtype_name(torch::ScalarType dtype) { return dtype == torch::kBFloat16 ? "bfloat16" : "float32"; }

}  // namespace inference
