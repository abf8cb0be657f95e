// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QWidget>

#include "ui/taste/taste_facts.h"

class QLabel;
class QMenu;
class QProgressBar;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace app {
class Library;
class ThumbnailLoader;
}  // namespace app

namespace ui {

class FlatButton;
class MixRow;
class ThumbnailRow;
class TraitRow;
class TrainingCard;
class VersionEvidence;
class VersionRow;

/// What the model learnt of one's taste, to read: how much it knows, in which directions and shown by which pictures, which answers taught it,
/// what proof each version has. It shows a value and tells what is wanted; it decides nothing.
class TastePage final : public QWidget {
    Q_OBJECT
public:
    TastePage(app::Library& library, app::ThumbnailLoader& thumbnails, QWidget* parent = nullptr);

    void setFacts(const TasteFacts& facts);
    const TasteFacts& facts() const { return facts_; }
    TrainingCard& training() { return *training_; }
    VersionEvidence& evidence() { return *evidence_; }

Q_SIGNALS:
    void pictureWanted(app::ItemId item);
    void duelWanted();
    void profileChosen(QString name);
    void newProfileWanted();
    void exportWanted();
    void forgetWanted();
    void versionUseWanted(QString id);
    void noteEdited(QString id, QString note);
    void pinWanted(QString id, bool pinned);
    void shareWanted(QString id);
    void mixWanted(QString id, int percent);  ///< an empty id: without a second version
    void batteryChosen(bool learns);          ///< whether it also learns on the battery
    void importWanted();                      ///< of a file that is to be asked for
    void fileDropped(QString path);           ///< .safetensors

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void buildPage(QVBoxLayout* column);
    void fillProfiles();
    void refresh();
    void refreshKnowledge();

    app::Library& library_;
    app::ThumbnailLoader& thumbnails_;
    TasteFacts facts_;

    QToolButton* profile_ = nullptr;
    QMenu* profiles_ = nullptr;
    FlatButton* more_ = nullptr;
    QMenu* more_menu_ = nullptr;
    QLabel* headline_ = nullptr;
    QLabel* counts_ = nullptr;
    QProgressBar* knowledge_ = nullptr;
    QPushButton* duel_ = nullptr;
    TrainingCard* training_ = nullptr;
    QLabel* traits_title_ = nullptr;
    QVBoxLayout* traits_ = nullptr;
    QList<TraitRow*> trait_rows_;
    QLabel* taught_title_ = nullptr;
    QLabel* taught_hint_ = nullptr;
    QWidget* taught_ = nullptr;
    QLabel* versions_title_ = nullptr;
    FlatButton* import_ = nullptr;
    MixRow* mix_ = nullptr;
    QVBoxLayout* versions_ = nullptr;
    QList<VersionRow*> version_rows_;
    VersionEvidence* evidence_ = nullptr;
};

}  // namespace ui
