// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QThreadPool>
#include <functional>
#include <stop_token>

#include "app/models/model_backend.h"

namespace app {

/// Reads models on pool threads: descriptions on one, whose milliseconds never wait for the minutes that hashing takes on the other.
/// Answers arrive on the thread of this object, and not at all once it is gone.
class ModelReader final : public QObject {
    Q_OBJECT
public:
    explicit ModelReader(ModelBackend backend, QObject* parent = nullptr);
    ~ModelReader() override;  ///< stops what is under way, and waits for it

    using Described = std::function<void(const inference::Result<inference::ModelDescription>&)>;
    using Identified = std::function<void(const inference::Result<std::string>&)>;
    void describe(const ModelLocation& location, Described on_done);
    /// `on_fraction` comes for each hundredth at most.
    void identify(const ModelLocation& location, std::function<void(double)> on_fraction, Identified on_done);

private:
    ModelBackend backend_;
    std::stop_source stop_;
    QThreadPool descriptions_;
    QThreadPool hashes_;
};

}  // namespace app
