// SPDX-License-Identifier: Apache-2.0
#include "inference/synthetic/random_pipeline.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include "inference/core/exception.h"
#include "inference/core/memory.h"
#include "inference/engine/guarded.h"
#include "inference/model/autoencoder_program.h"
#include "inference/model/model_config.h"
#include "inference/model/positions.h"
#include "inference/model/tensor_list.h"
#include "inference/synthetic/presets.h"
#include "inference/tokenizer/prompt_tokenizer.h"
#include "inference/weights/file_reader.h"
#include "inference/weights/fresh_folder.h"
#include "inference/weights/sharded_writer.h"

namespace inference {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t slab_elements = 4 << 20;  ///< of a tensor that lie in memory at any time
constexpr std::size_t max_tokenizer_bytes = 64 << 20;

torch::ScalarType dtype_of(StorageFormat format) {
    switch (format) {
    case StorageFormat::float32: return torch::kFloat32;
    case StorageFormat::bfloat16: return torch::kBFloat16;
    case StorageFormat::float16: return torch::kFloat16;
    }
    return torch::kFloat32;
}

std::int64_t elements(const std::vector<std::int64_t>& shape) {
    std::int64_t count = 1;
    for (const auto side : shape) count *= side;
    return count;
}

/// Mean and standard deviation of a tensor's numbers.
struct Spread {
    double mean = 0.0, deviation = 0.0;
};

/// Projections keep the size of what they multiply; norms stay near 1, biases and modulations near nothing.
Spread spread_of(const TensorSpec& tensor) {
    const auto inputs = static_cast<double>(std::max<std::int64_t>(1, elements(tensor.shape) / tensor.shape.front()));
    switch (tensor.role) {
    case TensorRole::embedding:
    case TensorRole::projection: return {0.0, 1.0 / std::sqrt(inputs)};
    case TensorRole::modulation: return {0.0, tensor.shape.size() > 1 ? 0.2 / std::sqrt(inputs) : 0.05};
    case TensorRole::bias: return {0.0, 0.02};
    case TensorRole::norm: return {0.0, 0.05};
    case TensorRole::position_table: break;
    }
    return {};
}

/// A tensor of the autoencoder, by what its name and shape say; its norms' weights are factors, not offsets from 1.
std::pair<TensorSpec, Spread> autoencoder_tensor(const std::string& name, at::IntArrayRef shape) {
    const bool bias = name.ends_with(".bias");
    TensorSpec tensor{name, shape.vec(), bias ? TensorRole::bias : shape.size() == 1 ? TensorRole::norm : TensorRole::projection};
    auto spread = spread_of(tensor);
    if (tensor.role == TensorRole::norm) spread.mean = 1.0;
    return {std::move(tensor), spread};
}

class PipelineMaker {
public:
    PipelineMaker(const RandomPipelineOptions& options, const std::function<void(double)>& on_fraction, const std::stop_token& stop) :
        options_(options), dtype_(dtype_of(options.format)), on_fraction_(on_fraction), stop_(stop) {}

    RandomPipelineSummary make() {
        const auto config = write_configs();
        copy_tokenizer(config.transformer.base.vocab_size);
        std::vector<std::pair<TensorSpec, Spread>> transformer, autoencoder;
        for (auto& tensor : transformer_tensors(config.transformer)) {
            const auto spread = spread_of(tensor);
            transformer.emplace_back(std::move(tensor), spread);
        }
        const autoencoder::TensorSource listing = [&](const std::string& name, at::IntArrayRef shape) {
            autoencoder.push_back(autoencoder_tensor(name, shape));
            return torch::empty(shape, torch::TensorOptions(torch::kMeta));
        };
        autoencoder::build_encoder(config.autoencoder, listing);
        autoencoder::build_decoder(config.autoencoder, listing);
        for (const auto* list : {&transformer, &autoencoder}) {
            for (const auto& [tensor, spread] : *list) summary_.parameters += elements(tensor.shape);
        }
        summary_.bytes = summary_.parameters * static_cast<std::int64_t>(c10::elementSize(dtype_));
        require_room();
        native_side_ = config.transformer.sample_size / config.transformer.patch_size;
        write_model("/vae", "diffusion_pytorch_model", autoencoder);
        write_model("/transformer", "model", transformer);
        return summary_;
    }

private:
    PipelineConfig write_configs() const {
        auto configs = preset_configs(options_.preset);
        for (const auto& [field, value] : options_.fields) set_field(configs, field, value);
        const auto write = [&](const char* name, const nlohmann::ordered_json& json) {
            const auto path = options_.folder + name;
            fs::create_directories(fs::path(path).parent_path());
            const auto text = json.dump(2) + "\n";
            AtomicFile file(path);
            file.write(text.data(), text.size());
            file.publish();
        };
        for (auto& [name, json] : configs) {
            if (name == "transformer") json["torch_dtype"] = to_string(options_.format);
        }
        write("/model_index.json", configs.at("index"));
        write("/transformer/config.json", configs.at("transformer"));
        write("/vae/config.json", configs.at("vae"));
        write("/scheduler/scheduler_config.json", configs.at("scheduler"));
        auto config = read_pipeline_config(options_.folder);
        if (!config.transformer.fused || config.clip || config.transformer.external_text_model) {
            fail(ErrorCode::invalid_request, "random pipelines are of class FuseDiTPipeline with the text model inside");
        }
        return config;
    }

    void copy_tokenizer(std::int64_t vocabulary) const {
        const auto tokenizer = SentencePieceTokenizer::open(options_.tokenizer_path);
        if (!tokenizer) fail(tokenizer.error().code, tokenizer.error().detail);
        if ((*tokenizer)->vocabulary_size() > vocabulary) {
            fail(ErrorCode::invalid_request,
                 options_.tokenizer_path + ": has " + std::to_string((*tokenizer)->vocabulary_size()) +
                     " pieces where the text model has a vocabulary of " + std::to_string(vocabulary));
        }
        fs::create_directories(options_.folder + "/tokenizer");
        const auto model = FileReader::open(options_.tokenizer_path)->read_text(max_tokenizer_bytes);
        AtomicFile file(options_.folder + "/tokenizer/tokenizer.model");
        file.write(model.data(), model.size());
        file.publish();
    }

    void require_room() const {
        const auto room = fs::space(options_.folder).available;
        if (static_cast<std::uintmax_t>(summary_.bytes) <= room) return;
        fail(ErrorCode::io,
             options_.folder + ": the weights take " + format_bytes(summary_.bytes) + "; the disk has room for " +
                 format_bytes(static_cast<std::int64_t>(room)));
    }

    void write_model(const char* folder, const char* stem, const std::vector<std::pair<TensorSpec, Spread>>& tensors) {
        std::vector<SafetensorsWriter::Declaration> declarations;
        for (const auto& [tensor, spread] : tensors) declarations.push_back({tensor.name, dtype_, tensor.shape});
        ShardedWriter writer(options_.folder + folder, stem, declarations, options_.max_shard_bytes);
        for (const auto& [tensor, spread] : tensors) {
            if (tensor.role == TensorRole::position_table) {
                const auto side = static_cast<std::int64_t>(std::lround(std::sqrt(static_cast<double>(tensor.shape[1]))));
                writer.append(sin_cos_table(side, native_side_, tensor.shape[2]).to(dtype_));
                advance(elements(tensor.shape));
            } else {
                fill(writer, elements(tensor.shape), spread);
            }
            ++index_;
        }
        writer.finish();
        summary_.files.insert(summary_.files.end(), writer.files().begin(), writer.files().end());
    }

    /// Every tensor has a generator of its own.
    void fill(ShardedWriter& writer, std::int64_t count, const Spread& spread) {
        auto generator = at::make_generator<at::CPUGeneratorImpl>(options_.seed * 1'000'003 + index_);
        for (std::int64_t at = 0; at < count; at += slab_elements) {
            const auto part = std::min(slab_elements, count - at);
            writer.append(torch::empty({part}).normal_(spread.mean, spread.deviation, generator).to(dtype_));
            advance(part);
        }
    }

    void advance(std::int64_t parameters) {
        throw_if_stopped(stop_);
        done_ += parameters;
        if (on_fraction_) on_fraction_(static_cast<double>(done_) / static_cast<double>(summary_.parameters));
    }

    const RandomPipelineOptions& options_;
    torch::ScalarType dtype_;
    const std::function<void(double)>& on_fraction_;
    const std::stop_token& stop_;
    RandomPipelineSummary summary_;
    std::int64_t done_ = 0, native_side_ = 1;
    std::uint64_t index_ = 0;  ///< of the tensor
};

}  // namespace

Result<RandomPipelineSummary> make_random_pipeline(const RandomPipelineOptions& options, const std::function<void(double)>& on_fraction,
                                                   std::stop_token stop) {
    return guarded([&] {
        const at::NoGradGuard no_grad;
        FreshFolder folder(options.folder);
        auto summary = PipelineMaker(options, on_fraction, stop).make();
        folder.keep();
        return summary;
    });
}

}  // namespace inference
