// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMainWindow>
#include <QTimer>
#include <QUndoStack>
#include <memory>
#include <optional>

#include "app/library/library_item.h"
#include "app/models/model_entry.h"
#include "app/settings/settings.h"
#include "inference/api/result.h"
#include "ui/inspector/use_again.h"
#include "ui/window/view.h"
#include "ui/window/welcome.h"

class QSplitter;
class QStackedWidget;

namespace app {
class Application;
}

namespace ui {

class Actions;
class Composer;
class DuelSession;
class DuelView;
class Filmstrip;
class Inspector;
class ItemActions;
class LibraryView;
class MessageStrip;
class ModelMessages;
class ModelsPanel;
class PictureFiles;
class Popover;
class SettingsPopover;
class StudioCanvas;
class TastePage;
class Toolbar;

/// The one window: prompt column, canvas or library, inspector, filmstrip. It knows which picture is the current one and
/// which parts are shown; everything else belongs to the parts.
class MainWindow final : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(app::Application& application, QWidget* parent = nullptr);
    ~MainWindow() override;

    void submitPrompt(const QString& prompt);  ///< shows the prompt and draws it
    void openFiles(const QStringList& files);  ///< takes the settings of a picture of ours
    void raiseFromOtherInstance();

    QUndoStack& undoStack() { return undo_; }
    std::optional<app::ItemId> currentItem() const { return current_; }
    View view() const { return view_; }
    bool isLibraryShown() const { return view_ == View::library; }

protected:
    bool event(QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void moveEvent(QMoveEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void build();
    void connectParts();
    void connectActions();
    void connectServices();

    void setCurrent(std::optional<app::ItemId> item);
    QList<app::ItemId> chosenItems() const;
    void step(int distance);
    void rate(int stars);
    void moveChosenToTrash();
    void useAgain(UseAgain parts);
    void escape();
    void drawExample(const Example& example);

    void showView(View view);
    void makeLibrary();
    void makeDuel();
    void makeTaste();
    void leaveLibrary();
    void showColumns();
    void showWelcome(bool wanted);
    void showInspector(bool visible);
    void setPictureAlone(bool alone);
    void openQueue();
    void openModels();
    void addModel();
    void chooseTextModel(app::ModelId model);
    void openSettings();
    void openShortcuts();
    void openAbout();
    void askToEmptyTrash();
    void updateActions();

    void restoreSession();
    void saveSession();
    void applySettings(const app::Settings& settings);
    void retranslate();
    void sayQueueIsPaused(const QString& sentence, const QString& next_step);
    void reportStorage(const inference::Error& error);

    app::Application& application_;
    QUndoStack undo_;
    QTimer save_timer_;
    std::optional<app::ItemId> current_;
    int paused_message_ = 0;
    bool setting_current_ = false;
    bool restored_ = false;
    View view_ = View::studio;
    bool picture_alone_ = false;
    bool was_maximized_ = false;

    Actions* actions_ = nullptr;
    ItemActions* item_actions_ = nullptr;
    Toolbar* toolbar_ = nullptr;
    MessageStrip* messages_ = nullptr;
    QSplitter* columns_ = nullptr;
    QStackedWidget* centre_ = nullptr;
    Composer* composer_ = nullptr;
    StudioCanvas* canvas_ = nullptr;
    Welcome* welcome_ = nullptr;      // made when wanted
    LibraryView* library_ = nullptr;  // made when first shown
    DuelView* duel_ = nullptr;        // made when first shown
    DuelSession* duels_ = nullptr;
    TastePage* taste_ = nullptr;  // made when first shown
    Inspector* inspector_ = nullptr;
    Filmstrip* filmstrip_ = nullptr;
    PictureFiles* files_ = nullptr;
    ModelMessages* model_messages_ = nullptr;
    Popover* queue_ = nullptr;   // made when first opened
    Popover* models_ = nullptr;  // likewise
    ModelsPanel* models_panel_ = nullptr;
    SettingsPopover* settings_ = nullptr;
};

}  // namespace ui
