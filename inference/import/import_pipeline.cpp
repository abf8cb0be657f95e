// SPDX-License-Identifier: Apache-2.0
#include "inference/import/import_pipeline.h"

#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <utility>

#include <ATen/core/grad_mode.h>

#include "inference/core/exception.h"
#include "inference/engine/guarded.h"
#include "inference/import/trainer_checkpoint.h"
#include "inference/model/model_config.h"
#include "inference/model/tensor_list.h"
#include "inference/weights/fresh_folder.h"

namespace inference {
namespace {

namespace fs = std::filesystem;

torch::ScalarType dtype_of(StorageFormat format) {
    switch (format) {
    case StorageFormat::float32: return torch::kFloat32;
    case StorageFormat::bfloat16: return torch::kBFloat16;
    case StorageFormat::float16: return torch::kFloat16;
    }
    return torch::kFloat32;
}

std::string shape_text(at::IntArrayRef shape) {
    std::ostringstream text;
    text << shape;
    return text.str();
}

/// The transformer's own weights are what the checkpoint replaces.
bool is_replaced(const std::string& folder, const std::string& name) {
    return folder == "transformer" && (name.ends_with(".safetensors") || name.ends_with(".index.json"));
}

/// The files of the folders that a pipeline has, one level deep; links are followed.
void copy_rest(const std::string& from, const std::string& to, const std::stop_token& stop) {
    for (const std::string folder : {"", "scheduler", "tokenizer", "transformer", "vae", "clip", "clip_tokenizer"}) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(fs::path(from) / folder, error)) {
            throw_if_stopped(stop);
            const auto name = entry.path().filename().string();
            if (!entry.is_regular_file(error) || is_replaced(folder, name)) continue;
            fs::create_directories(fs::path(to) / folder);
            fs::copy_file(entry.path(), fs::path(to) / folder / name, error);
            if (error) fail(ErrorCode::io, entry.path().string() + ": cannot be copied (" + error.message() + ")");
        }
    }
}

/// Before anything is written: hours of conversion must not end in a model that cannot be loaded.
void require_tensors(const std::string& path, const TransformerConfig& config, const std::map<std::string, PickledTensor>& tensors) {
    for (const auto& wanted : transformer_tensors(config)) {
        if (!wanted.used) continue;
        const auto found = tensors.find(wanted.name);
        if (found == tensors.end())
            fail(ErrorCode::corrupt_file, path + ": tensor \"" + wanted.name + "\" is missing, which the pipeline's config asks for");
        if (found->second.shape != wanted.shape) {
            fail(ErrorCode::corrupt_file,
                 path + ": tensor \"" + wanted.name + "\" is " + shape_text(found->second.shape) + " where the pipeline's config asks for " +
                     shape_text(wanted.shape));
        }
    }
}

CheckpointImportSummary import(const CheckpointImport& import, const std::function<void(double)>& on_fraction, const std::stop_token& stop) {
    const auto config = read_pipeline_config(import.pipeline_path);
    FreshFolder folder(import.folder);
    copy_rest(import.pipeline_path, folder.path(), stop);
    ConvertOptions options;
    if (import.format) options.dtype = dtype_of(*import.format);
    options.check = [&](const std::map<std::string, PickledTensor>& tensors) {
        require_tensors(import.checkpoint_path, config.transformer, tensors);
    };
    const auto converted = convert_trainer_checkpoint(import.checkpoint_path, folder.path() + "/transformer", options, on_fraction, stop);
    folder.keep();
    return {static_cast<std::int64_t>(converted.tensors), converted.parameters, converted.bytes, converted.files};
}

}  // namespace

Result<CheckpointImportSummary> import_checkpoint(const CheckpointImport& asked, const std::function<void(double)>& on_fraction,
                                                  std::stop_token stop) {
    return guarded([&] {
        const at::NoGradGuard no_grad;
        return import(asked, on_fraction, stop);
    });
}

}  // namespace inference
