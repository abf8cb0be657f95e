// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inference/api/model_info.h"
#include "inference/api/result.h"

namespace inference {

/// One of the networks that a pipeline is made of.
struct ModelPart {
    enum class Kind { text_model, clip, transformer, autoencoder };

    Kind kind = Kind::transformer;
    std::int64_t parameters = 0;      ///< that the engine uses
    std::int64_t bytes_on_disk = 0;   ///< of the weight files; counted where they lie, so an embedded text model has none of its own
    std::vector<std::string> dtypes;  ///< number formats in the files, sorted: "BF16", "F16", "F32"

    bool operator==(const ModelPart&) const = default;
};

/// How the transformer is built, in the reference's words.
struct ModelArchitecture {
    std::string pipeline;   ///< class: "FuseDiTPipeline", "FuseDiTPipelineWithCLIP" or "DiTPipeline"
    std::string attention;  ///< "self" or "cross"
    std::string positions;  ///< "ape", "1d-rope", "2d-rope" or "m-rope"
    std::string timestep;   ///< "none", "adaln-zero", "adaln-single" or "addition"
    int layers = 0;
    int width = 0;
    std::string text_family;  ///< "Gemma 1", "Gemma 2" or "Gemma 3"
    int text_layers = 0;      ///< that run
    int text_width = 0;

    bool operator==(const ModelArchitecture&) const = default;
};

/// What a pipeline is and what it would take, from its configs and the headers of its weight files alone: a folder is described in
/// milliseconds, whatever its size. Weights are first read when it is loaded.
struct ModelDescription {
    std::string name;
    std::string path;             ///< pipeline directory
    std::string text_model_path;  ///< folder that the text model is read from; empty: the pipeline holds it
    ModelArchitecture architecture;
    std::vector<ModelPart> parts;         ///< in the order in which a prompt meets them
    std::vector<ImageSize> native_sizes;  ///< at least one; the first is the default
    int size_multiple = 1;                ///< pixels
    int image_channels = 3;
    int default_steps = 0;
    double default_guidance_scale = 0.0;
    int max_prompt_tokens = 0;
    int trained_prompt_tokens = 0;
    std::string licence_path;  ///< file or folder of licences in the pipeline directory; empty: it says nothing

    std::string device;                ///< where it would run: "cpu" or "cuda:0"
    std::string dtype;                 ///< in which number format
    std::int64_t load_bytes = 0;       ///< weights that stay in memory where there is enough of it, in the number format that is asked for
    std::int64_t picture_bytes = 0;    ///< beside them, while one picture of the first native size is drawn
    std::int64_t least_bytes = 0;      ///< of both together with which it still draws, its layers read from disk as they are needed
    std::int64_t available_bytes = 0;  ///< free for it at the time of describing; 0: not known (memory of a graphics card)
    double picture_flops = 0.0;        ///< operations of one such picture with the defaults
    std::optional<Error> problem;      ///< why it cannot run here although its configs can be read: a missing or unfitting text model, ...

    std::int64_t parameters() const;
    std::int64_t bytes_on_disk() const;
    bool operator==(const ModelDescription&) const = default;
};

const char* to_string(ModelPart::Kind kind) noexcept;

/// One JSON object; the spelling of `fuselight models` and of the studio's list.
std::string to_json(const ModelDescription& description);
/// Errors: corrupt_file.
Result<ModelDescription> model_description_from_json(const std::string& text);

}  // namespace inference
