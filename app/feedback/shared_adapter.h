// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/feedback/adapter_table.h"
#include "inference/api/engine.h"

#include <QByteArray>
#include <QJsonObject>
#include <QString>

#include <map>
#include <optional>
#include <stop_token>
#include <string>

namespace app {

/// An adapter as one file to give away: safetensors in the layout that other tools read for LoRA, with its manifest in the header under
/// `fuselight_manifest`. Which pictures were rated stays here: their numbers say nothing elsewhere.
/// @param file  adapter.safetensors of the row. Errors: io, corrupt_file. Not for the GUI thread.
[[nodiscard]] inference::Result<void> writeSharedAdapter(const QString& file, const QByteArray& manifest, const QString& target);

/// What a shared file's header says of how good it is. Nobody here has measured it, and nothing depends on it.
struct AdapterClaims {
    QString program;  ///< version that trained it
    int ratings = 0;
    std::optional<double> win, win_low, win_high;  ///< judged against its base, 0 to 1
    int pictures = 0;                              ///< that were judged

    bool operator==(const AdapterClaims&) const = default;
};

/// The claims in the header of a safetensors file; none when it has no manifest, or one that is too long, no JSON or out of bounds.
std::optional<AdapterClaims> claimsIn(const std::map<std::string, std::string>& metadata);

/// Where an imported adapter came from, read back from its row's manifest; none for one that was trained here.
struct AdapterOrigin {
    QString file;             ///< name, without folder
    bool names_base = false;  ///< the file says which model it was trained on, and that is this one
    int rank = 0;
    std::optional<AdapterClaims> claims;

    bool operator==(const AdapterOrigin&) const = default;
};
std::optional<AdapterOrigin> originOf(const AdapterRow& row);

/// Checks a file against the loaded model and copies it to `adapters_dir`/<its hash>/adapter.safetensors with a manifest beside it. On the engine's
/// thread. Nothing is changed by a file that is refused.
/// Errors, each naming the file: those of LearningEngine::inspect_adapter, io, unsupported_model (the model cannot learn), cancelled.
/// @return a row for the table, imported and pinned
[[nodiscard]] inference::Result<AdapterRow> takeAdapter(inference::Engine& engine, const QString& path, const QString& adapters_dir, TasteId taste,
                                                        std::stop_token stop);

}  // namespace app
