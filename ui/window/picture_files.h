// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QStringList>

#include "app/imaging/image_tasks.h"
#include "app/library/library_item.h"
#include "app/library/own_pictures.h"

namespace app {
class Application;
}

namespace ui {

class Composer;
class MessageStrip;

/// Pictures going out of the studio and coming in: "Save as", and settings taken from a file.
class PictureFiles final : public QObject {
    Q_OBJECT
public:
    PictureFiles(app::Application& application, Composer& composer, MessageStrip& messages, QWidget* window);

    /// Asks where to, then writes off the GUI thread. Several pictures go into one folder, under names of their own.
    void saveAs(const QList<app::ItemId>& items);
    void showInFolder(app::ItemId item);
    void showFolder(const QString& path);
    /// Brings back the request of the first picture that carries one.
    void takeSettings(const QStringList& paths);
    void askForSettings();
    /// Pictures of the user's own enter the library, once somebody said so in a dialog.
    void addPictures(const QStringList& paths);
    void askForPictures();

Q_SIGNALS:
    void picturesAdded(QList<app::ItemId> items);

private:
    void saveOne(app::ItemId item);
    void saveAll(const QList<app::ItemId>& items);
    void onSaved(const QString& target);
    void onSaveFailed(const inference::Error& error);
    void onRequestRead(const QString& path, const inference::Result<inference::GenerationRequest>& request);
    void onAdded(const QList<app::ItemId>& items, const QList<app::RefusedPicture>& refused);
    void reportMissing();

    app::Application& application_;
    Composer& composer_;
    MessageStrip& messages_;
    QWidget* window_;
    app::ImageTasks tasks_;
    int saves_under_way_ = 0;
    int saves_done_ = 0;
};

}  // namespace ui
