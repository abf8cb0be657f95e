// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "app/models/model_entry.h"
#include "inference/api/model_info.h"

namespace app {
class ModelCatalogue;
}

namespace ui {

// Models in words, in the language of the studio.

QString bytesText(std::int64_t bytes);            ///< "1.2 GB"
QString parametersText(std::int64_t parameters);  ///< "392 million", "1.4 billion"
QString sizesText(const std::vector<inference::ImageSize>& sizes);

QString architectureText(const inference::ModelDescription& model);  ///< "FuseDiT · 12 layers of 1024"
QString architectureDetail(const inference::ModelDescription& model);
QString textModelText(const inference::ModelDescription& model);
QString partsText(const inference::ModelDescription& model);  ///< "text model 268, transformer 120, autoencoder 4 million"
QString filesText(const inference::ModelDescription& model);  ///< "796 MB · BF16, F32"
QString placeText(const std::string& device, const std::string& dtype);
QString memoryText(const inference::ModelDescription& model, std::int64_t held_bytes);
/// @param flops_per_second  0: not known, which is said.
QString timeText(const inference::ModelDescription& model, double flops_per_second);

/// What a picture, a job or a version of a taste means by a model's identity, within a sentence: its name, "an earlier version of" the one whose
/// files it was, or that it is not known.
QString modelWords(const app::ModelCatalogue& models, const std::string& identity);

/// Why a model cannot be used: one sentence with the file and the field, whose paths are cut to those below its folder.
QString modelProblemText(const inference::Error& error, const app::ModelLocation& location);

}  // namespace ui
