// SPDX-License-Identifier: Apache-2.0
// Writes a tiny pipeline for tests that do not link libtorch: write_tiny_model FOLDER NAME [CHANGE...]
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "inference/weights/safetensors.h"
#include "tests/support/tiny_model.h"

namespace {

using tests::TinyModel;

/// What may be odd about a pipeline, by name.
const std::map<std::string, std::function<void(TinyModel&)>> changes = {
    {"embedded", [](TinyModel& model) { model.transformer["llm_weights"] = "embedded"; }},
    {"large",
     [](TinyModel& model) {
         model.index["fuselight"]["native_sizes"] = {{64, 48}};
     }},
    {"unknown-class", [](TinyModel& model) { model.index["_class_name"] = "StableDiffusionPipeline"; }},
    {"unknown-position", [](TinyModel& model) { model.transformer["pos_embed"] = "spiral"; }},
    {"wrong-shape",
     [](TinyModel& model) {
         model.transformer_weights["dit.layers.1.mlp.up_proj.weight"] = torch::zeros({64, 16});
     }},
    {"wrong-autoencoder",
     [](TinyModel& model) {
         model.autoencoder_weights["decoder.conv_in.weight"] = torch::zeros({16, 8, 3, 3});
     }},
    {"nan", [](TinyModel& model) { model.autoencoder_weights.at("decoder.conv_out.weight").fill_(std::nan("")); }},
};

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fputs("usage: write_tiny_model FOLDER NAME [CHANGE...]\n", stderr);
        return 2;
    }
    TinyModel model;
    model.index["fuselight"]["name"] = argv[2];
    for (int i = 3; i < argc; ++i) {
        const auto change = changes.find(argv[i]);
        if (change == changes.end()) {
            std::fprintf(stderr, "write_tiny_model: no change is called %s\n", argv[i]);
            return 2;
        }
        change->second(model);
    }
    model.write(argv[1]);
    return 0;
}
