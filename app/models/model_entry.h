// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDateTime>
#include <QMetaType>
#include <QString>
#include <optional>
#include <string>

#include "inference/api/model_description.h"

namespace app {

/// Row id in the table of models; a type of its own so that it is never mixed up with a job's or an item's.
struct ModelId {
    qint64 value = 0;
    auto operator<=>(const ModelId&) const = default;
};

/// Where the files of a model lie. Absolute paths.
struct ModelLocation {
    QString pipeline;    ///< pipeline directory
    QString text_model;  ///< folder of the text model, for pipelines that do not hold theirs

    bool operator==(const ModelLocation&) const = default;
};

/// A model of the list.
struct ModelEntry {
    ModelId id;
    bool built_in = false;  ///< the starter: always there, never removed
    std::string identity;   ///< inference::ModelInfo::id; empty until it has been computed
    QString name;
    ModelLocation location;
    QDateTime added_at;
    QDateTime last_used;                                     ///< invalid: never
    double flops_per_second = 0.0;                           ///< measured over the last pictures that it drew; 0: not known
    std::optional<inference::ModelDescription> description;  ///< as it was when its folder could last be read
    std::optional<inference::Error> problem;                 ///< why its folder cannot be used now; not stored

    bool operator==(const ModelEntry&) const = default;
};

/// Whether the folder itself is gone, as against damaged.
bool isMissing(const ModelEntry& entry);

}  // namespace app

Q_DECLARE_METATYPE(app::ModelId)
