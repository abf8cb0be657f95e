// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCommandLineParser>

#include "inference/api/engine.h"
#include "ui/start/program_files.h"

namespace ui {

/// The options that choose a model and how it runs, the same for the window and every command.
class ModelOptions final {
public:
    explicit ModelOptions(QCommandLineParser& parser);

    /// Errors: invalid_request (a value that is not one of those documented).
    inference::Result<inference::EngineConfig> config(const ProgramFiles& files) const;

private:
    const QCommandLineParser& parser_;
    QCommandLineOption model_, text_model_, dtype_, weights_, memory_limit_, stream_layers_, device_, threads_;
};

/// The request that the options of `generate` and `bench` describe; fields not given ask for the model's defaults.
class RequestOptions final {
public:
    explicit RequestOptions(QCommandLineParser& parser);

    /// Errors: invalid_request, naming the option and its value.
    inference::Result<inference::GenerationRequest> request() const;

private:
    const QCommandLineParser& parser_;
    QCommandLineOption prompt_, negative_prompt_, instruction_, width_, height_, steps_, sampler_, guidance_scale_, upstream_cache_positions_;
};

/// A whole number given to an option. Errors: invalid_request, naming the option, the value and the range.
inference::Result<qint64> wholeNumber(const QCommandLineParser& parser, const QCommandLineOption& option, qint64 low, qint64 high);

}  // namespace ui
