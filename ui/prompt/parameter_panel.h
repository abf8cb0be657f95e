// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>
#include <optional>

#include "app/settings/settings.h"
#include "inference/api/model_info.h"

class QButtonGroup;
class QComboBox;
class QLabel;

namespace ui {

class Caption;
class Fold;
class NumberField;
class SeedField;
class SizePicker;

/// The numbers of a request. Fields that were never touched keep asking for the model's default, also from the next model.
class ParameterPanel final : public QWidget {
    Q_OBJECT
public:
    explicit ParameterPanel(QWidget* parent = nullptr);

    void setModel(const inference::ModelInfo& model);
    /// Shows everything but the words. Quiet.
    void setState(const app::Settings::Composer& state);
    /// Writes everything but the words.
    void writeTo(app::Settings::Composer& state) const;
    void setSeed(std::uint64_t seed);
    /// Whether anybody can choose among candidates; what was chosen is kept for when somebody can. @param answers_needed  until then, as far as is known
    void setJudgeThere(bool there, int answers_needed);
    int candidates() const;  ///< that the next picture is chosen from: 1 while nobody can choose
    /// Takes what is typed but not yet confirmed.
    void commit();
    /// The guidance that the next picture is drawn with, as far as it is known.
    double effectiveGuidance() const;

Q_SIGNALS:
    void edited();

protected:
    void changeEvent(QEvent* event) override;

private:
    void showImages();
    void showBestOf();
    QString bestOfText(int count) const;
    void showFineTune();
    void retranslate();

    std::optional<inference::ModelInfo> model_;
    inference::GenerationRequest request_;

    Caption* size_caption_ = nullptr;
    Caption* images_caption_ = nullptr;
    Caption* best_of_caption_ = nullptr;
    Caption* seed_caption_ = nullptr;
    SizePicker* size_ = nullptr;
    QButtonGroup* image_chips_ = nullptr;
    NumberField* images_ = nullptr;
    QButtonGroup* best_of_chips_ = nullptr;
    bool judge_there_ = false;
    int answers_needed_ = 0;
    SeedField* seed_ = nullptr;
    Fold* fine_tune_ = nullptr;
    QLabel* steps_label_ = nullptr;
    QLabel* guidance_label_ = nullptr;
    QLabel* sampler_label_ = nullptr;
    NumberField* steps_ = nullptr;
    NumberField* guidance_ = nullptr;
    QComboBox* sampler_ = nullptr;
};

}  // namespace ui
