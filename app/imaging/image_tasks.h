// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QString>
#include <memory>

#include "app/imaging/image_exporter.h"

namespace app {

/// Slow work on picture files, for windows that never wait: each call returns at once, its signal arrives on the GUI thread.
/// The destructor waits for what is under way, so no file is left half done.
class ImageTasks final : public QObject {
    Q_OBJECT
public:
    explicit ImageTasks(QObject* parent = nullptr);
    ~ImageTasks() override;

    /// Writes the picture of `source` to `target` in another format, with its request inside.
    void save(const QString& source, const QString& target, const inference::GenerationRequest& request, const ExportOptions& options);
    /// Reads the request that a picture carries.
    void readRequest(const QString& path);

Q_SIGNALS:
    void saved(QString source, QString target);
    void saveFailed(QString source, QString target, inference::Error error);
    void requestRead(QString path, inference::Result<inference::GenerationRequest> request);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace app
